"""Forms about papers. A file is checked here, by its content; what is not fit never reaches a service."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files import File
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from meetings.extracting import UnreadableFileError
from meetings.models import AgendaItem, Document, Meeting
from meetings.papers.checking import CheckedPaper, check_paper
from meetings.presenting.agenda import tree_of
from members.models.users import validate_one_line
from platform_portal.japanese.text import clean
from platform_portal.seen_forms import SeenForm

ACCEPTED = ".pdf,.docx,.xlsx,.pptx,.png,.jpg,.jpeg"


class PaperField(forms.FileField):
    """Gives a CheckedPaper."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            label=gettext_lazy("ファイル"),
            max_length=255,
            allow_empty_file=True,  # an empty file gets the sentence that says what to do
            widget=forms.FileInput(attrs={"accept": ACCEPTED}),
            error_messages={
                "required": gettext_lazy("ファイルを選んでください。"),
                "invalid": gettext_lazy("ファイルが届きませんでした。もう一度選んでください。"),
                "max_length": gettext_lazy("ファイルの名前が長すぎます。短くしてください。"),
            },
            **options,
        )

    def clean(self, value: Any, initial: Any = None) -> CheckedPaper:
        file: File[bytes] = super().clean(value, initial)
        try:
            return check_paper(file, file.name or "")
        except UnreadableFileError as error:
            raise ValidationError(error.message, code="unreadable") from error


def what_is_taken() -> str:
    return (
        _("PDF・Word（.docx）・Excel（.xlsx）・PowerPoint（.pptx）・PNG・JPEG。%s MB まで。")
        % settings.PORTAL_PAPER_MB
    )


class DocumentForm(SeenForm):
    """What a paper is called, who may see it, and what it belongs to."""

    class Meta:
        model = Document
        fields = ("label", "title", "audience", "opens_at", "agenda_items")
        widgets = {
            "opens_at": forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
            "agenda_items": forms.CheckboxSelectMultiple,
            "audience": forms.RadioSelect,
        }
        help_texts = {
            "label": gettext_lazy("「資料1」「参考資料」のように、資料に書いてあるとおりに。"),
            "audience": gettext_lazy("「だれでも」を選んでも、会議そのものを見られない人には見えません。"),
            "opens_at": gettext_lazy(
                "空のときは、すぐに見られます。入れておくと、その時刻までは会議の会員団体と職員だけが見られます。"
            ),
            "agenda_items": gettext_lazy("この資料を使う項目に印を付けます。付けなくてもかまいません。"),
        }

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        items: Any = self.fields["agenda_items"]
        items.queryset = AgendaItem.objects.filter(meeting=meeting)
        items.required = False
        items.choices = [(node.item.pk, node.indented_words) for node in tree_of(meeting)]
        if not items.choices:
            del self.fields["agenda_items"]

    def _post_clean(self) -> None: ...


class NewDocumentForm(DocumentForm):
    file = PaperField()
    field_order = ("file", "label", "title", "audience", "opens_at", "agenda_items")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].help_text = what_is_taken()


class ReplaceForm(forms.Form):
    file = PaperField()
    change_note = forms.CharField(
        label=gettext_lazy("前の版から変えたところ"),
        max_length=300,
        help_text=gettext_lazy("資料を見る人に、そのまま見せます。例：3ページの会場の名前を直しました。"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].help_text = what_is_taken()


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("取り下げる理由"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("記録に残ります。会議のページには出ません。"),
    )
    notice = forms.CharField(
        label=gettext_lazy("会議のページに出す理由"),
        max_length=200,
        required=False,
        validators=[validate_one_line],
        help_text=gettext_lazy(
            "だれでも見られた資料なので、会議のページには、資料番号と「取り下げ」、日付が残ります（資料の名前は出ません）。"
            "ここに書いたことは、そのまま出ます。例：数字に誤りがあったため。"
        ),
    )

    def __init__(self, *args: Any, is_public: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_public:
            del self.fields["notice"]

    def clean_notice(self) -> str:
        return clean(self.cleaned_data["notice"])
