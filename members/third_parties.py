"""What the libraries' models hold about people, declared as our own models do it in their inner class `Privacy`."""

from platform_portal import privacy


class EmailAddressPrivacy:
    """allauth's copy of an address; an invitation sent there was its verification."""

    public: tuple[str, ...] = ()
    internal = ("verified", "primary")
    personal = ("user", "email")


class EmailConfirmationPrivacy:
    """Never written: addresses are confirmed by the invitation. Declared in case that changes."""

    public: tuple[str, ...] = ()
    internal = ("created", "sent", "key")
    personal = ("email_address",)
    withheld = ("key",)


class AuthenticatorPrivacy:
    """A second factor. Its secret is encrypted; a passkey's name was chosen by its owner."""

    public: tuple[str, ...] = ()
    internal = ("type", "created_at", "last_used_at")
    personal = ("user", "data")
    withheld = ("data",)


class SessionPrivacy:
    """Whose session it is stands inside its data, and so does what somebody searched for on the desk."""

    public: tuple[str, ...] = ()
    internal = ("expire_date",)
    personal = ("session_data",)
    withheld = ("session_data",)
    leads_to_nobody = "found by reading the data of each; ended with the account, forgotten after eight hours"


DECLARED = {
    "account.emailaddress": EmailAddressPrivacy,
    "account.emailconfirmation": EmailConfirmationPrivacy,
    "mfa.authenticator": AuthenticatorPrivacy,
    "sessions.session": SessionPrivacy,
}
# django_ratelimit has no models: it counts in Redis, under hashes, for minutes.
FREE_OF_PEOPLE = {
    "auth.permission": "names of models and rights; unused, rights follow from roles",
    "auth.group": "names of groups; unused, rights follow from roles",
    "contenttypes.contenttype": "names of models",
}


def declare_all() -> None:
    for label, declaration in DECLARED.items():
        privacy.declare(label, declaration)
    for label, reason in FREE_OF_PEOPLE.items():
        privacy.declare_free_of_people(label, because=reason)
