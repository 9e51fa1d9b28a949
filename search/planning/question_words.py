"""Words that ask instead of naming what is sought: "cho hỏi … năm nào", "how many", តើ.

The planner drops them while at least two other clauses stay. Phrases are compared with their diacritics when the query
has any, else folded; single Vietnamese words without diacritics only beside such a phrase, because *bị* and *bí* or
*của* and *cua* look alike then.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..text.khmer import run_forms
from ..text.normalise import word_forms
from .plan import Token

_VIETNAMESE_PHRASES = """
cho hỏi|cho em hỏi|cho tôi hỏi|cho mình hỏi|xin hỏi|xin cho hỏi|xin cho biết|cho biết|làm ơn|vui lòng|có phải
bao nhiêu người tham gia|bao nhiêu người|có bao nhiêu|bao nhiêu|năm nào|ngày nào|tháng nào|khi nào|lúc nào|bao giờ
hồi nào|ở đâu|tại đâu|nơi nào|chỗ nào|tỉnh nào|nước nào|đoàn nào|như thế nào|thế nào|ra sao|tại sao|vì sao|là gì|là ai
làm gì|có không|được không|không ạ|phải không|có những|tôi muốn|tôi cần|muốn tìm|tìm giúp|tìm thông tin|thông tin về
được tổ chức|tổ chức khi|diễn ra
"""
_VIETNAMESE_WORDS = (
    "ạ vậy nhỉ nhé à hả thế gì ai nào mấy là thì mà của và các những đã được có ở bị sẽ đang về bên đi cho với "
    "không tại trong từ để cùng này ấy đó hay hoặc rồi giúp"
)
_VIETNAMESE_WORDS_FOLDED = "la thi va cac nhung duoc da cua o vay voi cho co nao tai"
_ENGLISH_PHRASES = """
when did|when was|when were|what year|which year|in what year|how many people|how many|how much|take part in
took part in|take part|took part|take place|took place|can you|could you|tell me|please|show me|i want|looking for
is there|are there|was there|were there|do you|did the|does the|what is|what was|who was|who were|where did|where was
where is|which province|any information|information about|information on
"""
_ENGLISH_WORDS = (
    "when what which who where how why did does do please any about into between during after before me i we you there "
    "can could find also than more some all took place happened held"
)
_KHMER_PHRASES = (
    "តើ មានប៉ុន្មាននាក់ ប៉ុន្មាននាក់ ប៉ុន្មាន ធ្វើនៅពេលណា នៅពេលណា ពេលណា ឆ្នាំណា ថ្ងៃណា នៅឯណា នៅទីណា ឯណា អ្វីខ្លះ អ្វី យ៉ាងណា "
    "យ៉ាងម៉េច ដែរឬទេ ឬទេ ហេតុអ្វី នរណា អ្នកណា សូមប្រាប់ សូមសួរ ចង់ដឹង មានប៉ុន្មាន"
)

Words = tuple[str, ...]


def _phrases(text: str) -> list[Words]:
    """Longest first."""
    return sorted({tuple(phrase.split()) for phrase in text.replace("\n", "|").split("|") if phrase}, key=_longest)


def _longest(words: Words) -> tuple[int, Words]:
    return -len(words), words


def _folded(words: Words) -> Words:
    return tuple(word_forms(word)[1] for word in words)


_EXACT_PHRASES = [tuple(word_forms(word)[0] for word in phrase) for phrase in _phrases(_VIETNAMESE_PHRASES)]
_FOLDED_PHRASES = sorted({_folded(phrase) for phrase in _EXACT_PHRASES}, key=_longest)
_ENGLISH = _phrases(_ENGLISH_PHRASES)
_EXACT_WORDS = frozenset(_VIETNAMESE_WORDS.split())
_FOLDED_WORDS = frozenset(_VIETNAMESE_WORDS_FOLDED.split())
_ENGLISH_SINGLE = frozenset(_ENGLISH_WORDS.split())
_KHMER = sorted({run_forms(phrase)[1] for phrase in _KHMER_PHRASES.split()}, key=_longest)


def question_words(tokens: Sequence[Token], taken: set[int], has_diacritics: bool, english: bool) -> set[int]:
    """Indexes of the tokens that only ask. `taken` holds those that belong to a name and are never dropped."""
    found: set[int] = set()
    if has_diacritics:
        found |= _occurrences(tokens, taken, _EXACT_PHRASES, lambda token: token.exact)
    else:
        found |= _occurrences(tokens, taken, _FOLDED_PHRASES, lambda token: token.folded)
    found |= _occurrences(tokens, taken, _ENGLISH, lambda token: token.exact)
    if has_diacritics:
        words = _EXACT_WORDS
    elif english:
        words = _ENGLISH_SINGLE
    else:
        words = _FOLDED_WORDS if found else frozenset()
    single = {
        index
        for index, token in enumerate(tokens)
        if token.script == "latin" and index not in taken and token.exact in words
    }
    return found | single


def _occurrences(
    tokens: Sequence[Token], taken: set[int], phrases: list[Words], form: Callable[[Token], str]
) -> set[int]:
    forms = [form(token) for token in tokens]
    found: set[int] = set()
    for start in range(len(tokens)):
        for phrase in phrases:
            span = range(start, start + len(phrase))
            if tuple(forms[start : span.stop]) == phrase and not taken.intersection(span):
                found.update(span)
                break
    return found


def without_khmer_question_words(clusters: Words) -> list[tuple[int, Words]]:
    """(first cluster, clusters) of what stays of a run when the asking words are cut out."""
    parts: list[tuple[int, Words]] = []
    start = position = 0
    while position < len(clusters):
        phrase = next((words for words in _KHMER if clusters[position : position + len(words)] == words), None)
        if phrase is None:
            position += 1
            continue
        parts.append((start, clusters[start:position]))
        position += len(phrase)
        start = position
    parts.append((start, clusters[start:]))
    return [(first, part) for first, part in parts if part]
