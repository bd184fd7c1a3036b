"""The leak check: names left inside the words of the edition that shows no names.

`finding` reads one text; `checking` knows who took part in a meeting and goes through its record.
Nothing of it is stored but what somebody judged harmless (LeakDecision): the hits follow from the text as it is.
"""
