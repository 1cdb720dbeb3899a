"""What the system refuses is told in the reader's language, wherever it stands."""

from __future__ import annotations

import errno
import os
import socket

import pytest

from rag.errors import Reason, reason_of
from ui.formatting.i18n import text, user_error


@pytest.mark.parametrize(
    ("number", "french"),
    [
        (errno.ENOENT, "fichier ou dossier introuvable"),
        (errno.EACCES, "accès refusé"),
        (errno.ENOSPC, "plus de place sur le disque"),
        (errno.EISDIR, "c'est un dossier"),
        (errno.ENOTDIR, "une partie du chemin n'est pas un dossier"),
        (errno.EROFS, "le disque est en lecture seule"),
        (errno.ECONNREFUSED, "connexion refusée"),
    ],
)
def test_a_usual_refusal_is_in_words(number: int, french: str):
    reason = reason_of(OSError(number, os.strerror(number), "/somewhere"))
    assert (reason.text("fr"), reason.text("en")) == (french, os.strerror(number))


def test_another_one_is_neutral():
    unusual = reason_of(OSError(errno.EBADMSG, os.strerror(errno.EBADMSG)))
    assert unusual.text("fr") == f"erreur {errno.EBADMSG} du système, EBADMSG"
    assert reason_of(OSError(99999, "")) == Reason("error 99999", "erreur 99999 du système")
    assert reason_of(ValueError("not\na date")) == Reason("not a date", "not a date")
    assert reason_of(KeyError()).text("fr") == "KeyError"
    assert reason_of(TimeoutError("timed out")).text("fr") == "pas de réponse à temps"


def test_a_name_that_no_machine_has():
    unknown = reason_of(socket.gaierror(socket.EAI_NONAME, "Name or service not known"))
    assert unknown == Reason("Name or service not known", "nom de machine inconnu")


def test_the_reason_is_what_the_system_said_to_a_client():
    refused = ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused")
    assert reason_of(RuntimeError(refused)).text("fr") == "connexion refusée"
    caused = RuntimeError("all attempts failed")
    caused.__cause__ = refused
    assert reason_of(caused).text("fr") == "connexion refusée"
    caused.__cause__ = caused
    assert reason_of(caused).text("fr") == "all attempts failed"


def test_a_sentence_has_its_reason_in_its_own_language():
    reason = reason_of(IsADirectoryError(errno.EISDIR, "Is a directory"))
    error = user_error("output_unusable", file="x.md", reason=reason)
    assert "(c'est un dossier)" in error.text("fr")
    assert "(Is a directory)" in str(error)
    assert text("output_unusable", "fr", file="x.md", reason=reason) == error.text("fr")
