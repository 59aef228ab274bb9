"""Texts for the copy lint: what each rule is for, with simple evasions, and what is fine."""

CAUGHT = {
    ("L01", "pt_BR"): [
        "Esta é a sua última chance.", "ULTIMO AVISO", "Evite maiores consequências.",
        "Sua conta será bloqueada.", "Isso pode dar prisão.", "Vamos chamar a polícia.",
        "Haverá penhora de bens.", "Um oficial de justiça irá até você.",
        "Tomaremos as medidas judiciais cabíveis.", "sob pena de protesto em cartório",
        "Ú L T I M A  C H A N C E", "últ1ma chanc3", "u.l.t.i.m.o aviso", "p0lícia", "pen​hora",
        "Iniciaremos uma ação judicial.", "ultimos avisos", "Vamos processar você",
    ],
    ("L01", "en"): [
        "This is your last chance.", "FINAL NOTICE", "Avoid further consequences.",
        "Your account will be blocked.", "You could go to jail.", "We will call the police.",
        "A bailiff will visit.", "We will take legal action.", "l a s t  c h a n c e",
        "f1nal warning", "we will seize your property", "we are suing you",
    ],
    ("L02", "pt_BR"): [
        "Não seja caloteiro.", "você é devedor", "cara devedora", "DEVEDORES", "nome sujo",
        "n o m e  s u j o", "Que vergonha!", "vergonh@", "cal0teira", "c.a.l.o.t.e", "d3v3dor",
        "deveeedor", "clientes inadimplentes", "Avisaremos sua família.", "seu chefe vai saber",
        "no seu trabalho", "devеdor", "dívida em atraso", "dívidas vencidas", "nomes sujos",
    ],
    ("L02", "en"): [
        "Don't be a deadbeat.", "the debtor", "D3BT0R", "d e b t o r", "defaulters", "Shame on you",
        "sh@me", "We will tell your family.", "your employer will hear", "overdue debt",
        "blacklisted", "deb-tor", "irresponsible",
    ],
    ("L03", "pt_BR"): [
        "Só hoje!", "SO HOJE", "somente por hoje", "Responda imediatamente.", "Pague agora mesmo.",
        "URGENTE", "urg3nte", "expira hoje", "últimas horas", "agora ou nunca", "corra!",
        "oferta relâmpago", "antes que seja tarde", "Não perca esta chance", "prazo final",
    ],
    ("L03", "en"): [
        "Today only!", "Reply immediately.", "URGENT", "urg3nt", "expires today", "final hours",
        "now or never", "Hurry up!", "flash offer", "before it is too late",
        "Don't miss this", "act now", "final deadline", "a c t  n o w",
    ],
    ("L04", "pt_BR"): [
        "Comunicado do Serasa", "Aqui é o Procon.", "SERASA informa", "Intimação",
        "Notificação extrajudicial", "em nome da Justiça", "aviso do cartório", "53rasa informa",
        "Departamento Jurídico", "selo oficial", "autorizado pelo Banco Central", "mandado",
    ],
    ("L04", "en"): [
        "A notice from the court", "This is Serasa.", "The court orders", "SUMMONS",
        "on behalf of the central bank", "Legal department", "official seal", "subp0ena",
        "approved by the government", "message from the credit bureau",
    ],
    ("L05", "pt_BR"): [
        "Limpe seu nome na hora!", "aumente seu score", "seu score sobe", "será negativado",
        "limpar o nome", "n0me limpo", "tire seu nome do Serasa", "seu nome no SPC",
        "vamos incluir seu nome nos cadastros", "l i m p e seu nome", "crédito liberado",
        "negativadas", "cadastro de inadimplentes",
    ],
    ("L05", "en"): [
        "Clean your credit!", "boost your credit score", "your score will go up",
        "this will hurt your credit", "we will report you to a credit bureau", "cl3an your credit",
        "remove your name from the bureau", "credit repair", "guaranteed credit",
    ],
    ("L06", "pt_BR"): [
        "Desconto de {discount_percent}!", "Pague com {discount_percent} a menos.",
        "metade do valor", "{discount_percent} de desconto sobre o total até {valid_until}.",
    ],
    ("L06", "en"): [
        "{discount_percent} off!", "half price", "Save {discount_percent} until {valid_until}.",
        "half off the total", "{discount_percent} off the interest, total {total}.",
    ],
    ("L09", "pt_BR"): [
        "CPF 529.982.247-25", "cpf 52998224725", "cartão 4111 1111 1111 1111",
        "Informe sua senha.", "Envie o código recebido.", "responda com seu CPF",
        "mande o número do cartão", "conta 12345-6", "agência 1234", "digite sua senha",
        "inf0rme sua senha", "confirme os dados bancários",
    ],
    ("L09", "en"): [
        "CPF 529.982.247-25", "card 4111-1111-1111-1111", "Send us your password.",
        "Reply with your code.", "account no 123456", "tell us your PIN", "enter your password",
        "s3nd your password", "confirm your bank details",
    ],
    ("L10", "pt_BR"): [
        "Veja bit.ly/abc", "https://tinyurl.com/x", "www.outrosite.com.br", "pague-aqui.net/x",
        "Segue em anexo.", "boleto anexo", "Nossa chave Pix é ajuda@x.com", "pix: 11999990000",
        "faça um pix para 11999990000", "https://bancoaurora.example@golpe.net/a",
        "https://acordo.bancoaurora.example.golpe.net/a", "baixe o aplicativo", "Pix copia e cola",
        "00020126580014br.gov.bcb.pix",
    ],
    ("L10", "en"): [
        "See bit.ly/abc", "https://t.co/x", "www.elsewhere.com", "see the attached file",
        "Our Pix key is help@x.com", "send a pix to 11999990000", "download the app",
        "https://aurora.example@evil.net", "pay-here.net/x", "enclosed",
    ],
    ("L11", "pt_BR"): [
        "São R$ 350,00.", "R$350", "350 reais", "desconto de 30%", "trinta por cento", "até 10/12",
        "dia 5", "em 12x", "10 parcelas", "vence em 10 de dezembro", "2026-12-10", "em 24 horas",
        "5 dias úteis", "R$ 1 mil",
    ],
    ("L11", "en"): [
        "That is R$350.00.", "350 reais", "30% off", "thirty percent", "by 12/10", "December 10",
        "the 10th of December", "in 12 instalments", "within 24 hours", "10 payments", "$35",
    ],
    ("L12", "pt_BR"): [
        "Você renuncia a qualquer direito.", "em caráter irrevogável", "irretratavelmente",
        "não caberá recurso", "implica novação", "confissão de dívida", "abre mão de reclamar",
        "RENÚNCIA", "renunc1a", "não poderá contestar", "sem direito a revisão",
    ],
    ("L12", "en"): [
        "You waive all rights.", "irrevocably", "no right of appeal", "a novation",
        "you give up your rights", "w a i v e r", "irrev0cable", "you may not dispute",
        "confession of debt", "forfeit",
    ],
    ("L21", "pt_BR"): [
        "Temos uma encomenda para você.", "Você ganhou!", "um prêmio espera por você",
        "um assunto muito particular", "pesquisa de opinião", "PR3MIO",
    ],
    ("L21", "en"): [
        "Call us about your parcel.", "You have won!", "a prize awaits you",
        "an urgent personal matter", "a short survey", "a job offer",
    ],
}  # fmt: skip

FINE = {
    "pt_BR": [
        "A conta em aberto pode ser regularizada até {valid_until}.",
        "Não compartilhe este código com ninguém.",
        "Nunca informe sua senha a ninguém.",
        "Digite o código na página que ficou aberta.",
        "Precisa de ajuda? O Procon também orienta consumidores.",
        "O Banco Aurora agradece a sua atenção.",
        "Seu nome sai do cadastro em até 5 dias úteis após a confirmação do pagamento.",
        "Com {discount_percent} de desconto sobre juros e multa, o total é {total}, até {valid_until}.",
        "Escolha a última opção da lista.",
        "Ele deve chegar em breve ao portal.",
        "Sem pressa: decida quando puder.",
        "Sem urgência nenhuma.",
        "Acesse, veja e decida.",
        "Acesse o portal por e-mail e veja.",
        "Fale com a gente em {link}.",
        "Pague por Pix, boleto ou cartão.",
        "O código do Pix aparece na página.",
        "Renata enviou a mensagem.",
        "As parcelas cabem no mês.",
        "Protegemos o seu acesso.",
        "É o primeiro aviso do mês.",
        "A imprensa noticiou a novidade.",
        "Entre com seu e-mail e confira o acordo {agreement_number}.",
    ],
    "en": [
        "Your open account can be settled until {valid_until}.",
        "Don't share this code with anyone.",
        "Never give your password to anybody.",
        "Type the code on the page you left open.",
        "{creditor} thanks you for your attention.",
        "Your name leaves the register within 5 business days of the confirmation.",
        "With {discount_percent} off the interest and fines, the total is {total}, until {valid_until}.",
        "Choose the last option on the list.",
        "No hurry: decide whenever you can.",
        "Talk to us at {link}.",
        "Pay by Pix, boleto or card.",
        "The Pix code is shown on the page.",
        "It fits your month.",
        "We courteously invite you to look.",
        "The defaultless option is the first.",
        "The instalments begin on {due_on}.",
        "A sealed envelope is not needed.",
    ],
}  # fmt: skip

PREVIEWS = {
    "pt_BR": [
        "Sua dívida", "d1vida", "Conta em aberto", "R$ 350,00", "seu CPF", "contrato 1234",
        "parcela em atraso", "pendência", "DÉBITO", "renegociação", "Acordo A-2026-000123",
        "Valor: {amount}", "{contract}", "Acordo {agreement_number}", "você deve",
    ],
    "en": [
        "Your debt", "d3bt", "overdue", "R$350.00", "your CPF", "contract 1234", "you owe",
        "outstanding", "unpaid bill", "Amount: {amount}", "{contract}", "late payment",
        "agreement A-2026-1",
    ],
}  # fmt: skip

PRESCRIBED = {
    "pt_BR": ["Pague até {valid_until}.", "Regularize sua pendência.", "prazo", "Serasa", "p a g u e"],
    "en": ["Please pay.", "Settle until {valid_until}.", "deadline", "your credit score", "p a y s"],
}  # fmt: skip

ADS = {
    "pt_BR": [
        "Você deve?", "Sua dívida tem solução", "Negativado? Venha", "Saia do vermelho", "nome limpo",
        "R$ 100 de desconto", "Desconto de até 90%", "Renegocie aqui", "endividado", "n3gativado",
        "Oi, {first_name}", "Pague {amount}", "contas em atraso", "problemas financeiros",
    ],
    "en": [
        "You owe?", "Your debt, solved", "Bad credit?", "Get out of the red", "50% discount",
        "Hi {first_name}", "Overdue bills?", "financial hardship", "d3bt", "settle today",
    ],
}  # fmt: skip
