"""The form of a newsletter. Its List-Id is made from the name that it gets first, and is only shown later."""

from django import forms
from django.utils.translation import gettext_lazy as _

from newsletters.models import Newsletter
from platform_portal.seen_forms import SeenForm


class NewsletterForm(SeenForm):
    class Meta:
        model = Newsletter
        fields = (
            "name",
            "description",
            "readership",
            "sender_name",
            "sender_address",
            "reply_address",
            "is_for_new_members",
            "position",
        )
        widgets = {"readership": forms.RadioSelect}
        help_texts = {
            "description": _("購読を申し込むページに出ます。何が、どのくらい届くかを書いてください。"),
            "readership": _("「会員団体だけ」のメルマガは、これまでの号も会員だけが読めます。"),
            "sender_name": _("メールの差出人の欄に出ます。"),
            "sender_address": _("メルマガだけに使うアドレスにしてください。"),
            "reply_address": _("メールの終わりに、お問い合わせ先として載ります。"),
            "is_for_new_members": _("設置要綱で決めているときだけ。「会員団体だけ」のメルマガに限ります。"),
            "position": _("小さい数から並びます。"),
        }
