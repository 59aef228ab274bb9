"""The fields a portfolio file may hold, and the headers that usually mean them."""

from dataclasses import dataclass
from typing import Final

from app.debts.portfolio.columns.texts import plain


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its headers in Portuguese and English, plain (see `texts.plain`)."""

    name: str
    pt: tuple[str, ...]
    en: tuple[str, ...]
    required: bool = False
    is_personal: bool = False
    """Values are masked wherever they are shown."""


def _field(name: str, pt: str, en: str, *, required: bool = False, personal: bool = False) -> Field:
    split = [tuple(plain(part) for part in text.split(",") if part.strip()) for text in (pt, en)]
    return Field(name, split[0], split[1], required, personal)


FIELDS: Final[dict[str, Field]] = {
    field.name: field
    for field in (
        _field(
            "contract",
            "contrato,nº do contrato,numero do contrato,num contrato,nr contrato,no contrato,"
            "n contrato,numero contrato,cod contrato,codigo do contrato,id contrato,titulo,"
            "numero do titulo,fatura,numero da fatura,n da fatura,conta,numero da conta,"
            "operacao,num operacao,contrato id",
            "contract,contract number,contract no,contract id,account,account number,account id,"
            "invoice,invoice number,loan id,loan number,reference",
            required=True,
        ),
        _field(
            "document",
            "cpf,cnpj,cpf cnpj,cpf ou cnpj,cnpj cpf,documento,doc,nr documento,num documento,"
            "numero do documento,cpf do cliente,cpf cliente,documento do cliente,"
            "cpf cnpj do cliente,cpf titular,cpf do titular",
            "document,document number,tax id,taxpayer id,customer document,customer cpf,"
            "customer tax id,cpf number",
            required=True,
            personal=True,
        ),
        _field(
            "name",
            "nome,nome completo,cliente,nome do cliente,nome cliente,titular,nome do titular,"
            "razao social,nome razao social,nome titular",
            "name,full name,customer,customer name,holder,client,client name,account holder",
            required=True,
            personal=True,
        ),
        _field(
            "principal",
            "valor,valor original,valor principal,principal,saldo,saldo devedor,valor da divida,"
            "valor divida,valor em aberto,valor do debito,valor debito,valor da fatura,"
            "valor fatura,valor do titulo,valor titulo,vlr,vlr principal,vlr original,"
            "saldo em aberto,valor vencido,vl principal",
            "amount,principal,balance,outstanding,outstanding balance,outstanding amount,"
            "amount due,debt amount,original amount,past due amount,value,principal amount",
            required=True,
        ),
        _field(
            "due_on",
            "vencimento,data vencimento,data de vencimento,data do vencimento,dt vencimento,"
            "dt venc,venc,data venc,vencido em,vencimento original,data vcto,vcto",
            "due,due date,due on,maturity,maturity date,date due,past due since,original due date",
            required=True,
        ),
        _field(
            "product",
            "produto,tipo,tipo de produto,descricao do produto,modalidade,servico,"
            "tipo de contrato,plano,carteira,nome do produto",
            "product,product name,product type,type,service,plan,account type",
            required=True,
        ),
        _field(
            "origin",
            "origem,loja,filial,descricao,historico,loja de origem,loja origem,unidade,"
            "estabelecimento",
            "origin,store,branch,description,source,merchant",
        ),
        _field(
            "birth_date",
            "nascimento,data nascimento,data de nascimento,dt nascimento,dt nasc,data nasc,nasc",
            "birth date,date of birth,birthdate,dob,born,born on,birthday",
            personal=True,
        ),
        _field("uf", "uf,estado,uf do cliente,estado uf,uf residencia", "state,state code"),
        _field(
            "email_1",
            "email,e mail,email 1,e mail 1,email do cliente,email principal,correio eletronico",
            "email,e mail,email address,e mail address,email 1,primary email",
            personal=True,
        ),
        _field(
            "email_2",
            "email 2,e mail 2,email secundario,email alternativo",
            "email 2,secondary email,alternative email",
            personal=True,
        ),
        _field(
            "phone_1",
            "telefone,celular,fone,telefone 1,tel,tel 1,fone 1,telefone celular,celular 1,"
            "telefone principal,telefone do cliente,tel celular,whatsapp",
            "phone,mobile,phone number,mobile number,cell,cell phone,phone 1,telephone,"
            "mobile phone,primary phone",
            personal=True,
        ),
        _field(
            "phone_2",
            "telefone 2,celular 2,fone 2,tel 2,telefone residencial,telefone fixo,"
            "telefone secundario",
            "phone 2,home phone,secondary phone,landline,mobile 2",
            personal=True,
        ),
        _field(
            "phone_3",
            "telefone 3,celular 3,fone 3,tel 3,telefone comercial,telefone recado",
            "phone 3,work phone,other phone",
            personal=True,
        ),
        _field("area_code_1", "ddd,ddd 1,ddd celular,ddd telefone", "area code,area code 1"),
        _field("area_code_2", "ddd 2,ddd fixo,ddd residencial", "area code 2"),
        _field("area_code_3", "ddd 3,ddd comercial", "area code 3"),
        *(
            _field(f"whose_{name}", pt, en)
            for name, pt, en in (
                (
                    "email_1",
                    "tipo de email,tipo email,tipo do email,tipo de e mail,tipo e mail,"
                    "tipo do e mail",
                    "email type,email 1 type",
                ),
                ("email_2", "tipo email 2,tipo e mail 2", "email 2 type,email type 2"),
                (
                    "phone_1",
                    "tipo de telefone,tipo telefone,tipo do telefone,tipo telefone 1,tipo fone",
                    "phone type,phone 1 type,phone type 1",
                ),
                ("phone_2", "tipo telefone 2,tipo fone 2", "phone 2 type,phone type 2"),
                ("phone_3", "tipo telefone 3,tipo fone 3", "phone 3 type,phone type 3"),
            )
        ),
        _field(
            "contracted_on",
            "data contrato,data do contrato,data de contratacao,data contratacao,contratado em,"
            "dt contrato,data da compra,data compra,data de emissao,emissao,data emissao",
            "contract date,contracted on,signed on,purchase date,opened on,opening date,issue date",
        ),
        _field(
            "instrument",
            "instrumento,tipo de titulo,especie,tipo do titulo",
            "instrument,instrument type",
        ),
        _field(
            "acquisition_channel",
            "canal,canal de aquisicao,canal de venda,canal de contratacao,canal origem",
            "channel,acquisition channel,sales channel",
        ),
        _field(
            "interruption_on",
            "interrupcao,data interrupcao,interrupcao da prescricao,data da interrupcao",
            "interruption,interruption date,interrupted on",
        ),
        _field(
            "preferred_channel",
            "canal preferido,canal preferencial,preferencia de canal,contato preferido",
            "preferred channel,contact preference,preferred contact",
        ),
        _field(
            "preferred_hour",
            "horario preferido,hora preferida,melhor horario,horario preferencial",
            "preferred hour,preferred time,best hour,best time",
        ),
        _field(
            "payday",
            "dia de pagamento do salario,dia do salario,dia salario,dia do recebimento,"
            "dia de recebimento,dia de receber,recebe no dia",
            "payday,pay day,salary day,day of salary",
        ),
        _field("locale", "idioma,lingua", "language,locale,preferred language"),
        _field(
            "store_visits",
            "visitas,visitas a loja,visitas na loja,visitas em loja,nº de visitas",
            "visits,store visits,number of visits",
        ),
        _field(
            "purchases",
            "compras,numero de compras,nº de compras,qtd compras,quantidade de compras",
            "purchases,number of purchases,purchase count",
        ),
    )
}

REQUIRED: Final = tuple(field.name for field in FIELDS.values() if field.required)
PHONES: Final = (
    ("phone_1", "area_code_1"),
    ("phone_2", "area_code_2"),
    ("phone_3", "area_code_3"),
)
EMAILS: Final = ("email_1", "email_2")
WHOSE_OF: Final = {name: f"whose_{name}" for name in (*EMAILS, *(phone for phone, _ in PHONES))}
"""Address → the field that says whether it is the person's own."""
DEFAULTABLE: Final = (
    "product", "origin", "instrument", "acquisition_channel", "uf", "locale", *WHOSE_OF.values(),
)  # fmt: skip
"""Fields that a mapping may give one value for the whole file."""

INSTRUMENTS: Final = {
    "documented": "documented", "documentado": "documented", "contrato": "documented",
    "instrumento particular": "documented", "boleto": "documented", "fatura": "documented",
    "contract": "documented", "invoice": "documented",
    "rent": "rent", "aluguel": "rent", "lease": "rent",
    "promissory note": "promissory_note", "nota promissoria": "promissory_note",
    "promissoria": "promissory_note", "cheque": "promissory_note",
    "residual": "residual", "outro": "residual", "outros": "residual", "other": "residual",
}  # fmt: skip
WHOSE: Final = {
    "own": "own", "proprio": "own", "propria": "own", "pessoal": "own", "personal": "own",
    "particular": "own", "titular": "own", "celular": "own", "mobile": "own",
    "workplace": "workplace", "work": "workplace", "business": "workplace", "office": "workplace",
    "comercial": "workplace", "trabalho": "workplace", "empresa": "workplace",
    "corporativo": "workplace", "employer": "workplace",
    "shared": "shared", "compartilhado": "shared", "recado": "shared", "recados": "shared",
    "familiar": "shared", "familia": "shared", "terceiro": "shared", "terceiros": "shared",
    "vizinho": "shared", "referencia": "shared", "family": "shared", "relative": "shared",
    "third party": "shared", "neighbour": "shared", "reference": "shared",
}  # fmt: skip
"""What files call an address by whose it is; a home's landline may be anybody's, so it is not
here: the creditor says."""
WHOSE_BY_HEADER: Final = {
    "telefone comercial": "workplace", "work phone": "workplace", "telefone recado": "shared",
}  # fmt: skip
"""Headers of addresses that say it themselves."""
CHANNELS: Final = {
    "email": "email", "e mail": "email", "sms": "sms", "torpedo": "sms",
    "whatsapp": "whatsapp", "zap": "whatsapp", "voice": "voice", "voz": "voice",
    "phone": "voice", "telefone": "voice", "ligacao": "voice", "call": "voice",
}  # fmt: skip
ACQUISITIONS: Final = CHANNELS | {
    "store": "store", "loja": "store", "loja fisica": "store", "agencia": "store",
    "branch": "store", "web": "web", "site": "web", "internet": "web", "online": "web",
    "ecommerce": "web", "e commerce": "web", "app": "app", "aplicativo": "app",
    "telefone": "phone", "phone": "phone", "televendas": "phone", "call center": "phone",
}  # fmt: skip
LOCALES: Final = {
    "pt": "pt_BR", "pt br": "pt_BR", "portugues": "pt_BR", "portuguese": "pt_BR",
    "en": "en", "en us": "en", "ingles": "en", "english": "en",
}  # fmt: skip
