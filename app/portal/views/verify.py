"""Is it really from the creditor? For anybody, without saying whom a message was for."""

from flask import g, request
from werkzeug.wrappers import Response as AnyResponse

from app.portal.authenticity import check
from app.portal.blueprint import portal
from app.portal.dress import render
from app.portal.forms import VerifyForm
from app.portal.worn import brand
from tenants.scope import within


@portal.route("/verificar", methods=["GET", "POST"])
def verify() -> AnyResponse:
    """A code of a message, a Pix, a boleto, a phone, an e-mail or a site: ours or not."""
    form = VerifyForm()
    answer = None
    if form.validate_on_submit():
        with within(g.tenant) as session:
            answer = check(session, g.tenant, brand(), form.what.data or "")
    elif request.method == "GET":
        form.what.data = request.args.get("code", "")[:64]
    status = form.status if answer is None else 200
    return render("verify", status=status, form=form, answer=answer)
