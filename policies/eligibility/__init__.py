"""Who qualifies: one firm with reasons, or many firms by many rules at once."""

from policies.eligibility.alike import Alike, AlikeFirms, names_to_judge
from policies.eligibility.answers import ConditionAnswer, ConditionJson, Verdict, VerdictHead, VerdictJson
from policies.eligibility.columns import FactTable
from policies.eligibility.compiled import CompiledRules, compile_rules
from policies.eligibility.judge import explain, judge, judge_all, status_of
from policies.eligibility.matching import STATUSES, Answers, judge_many
from policies.eligibility.questions import Question, QuestionJson, best_question, rank_questions
from policies.eligibility.row import Row, row_of
from policies.eligibility.scores import PartAnswer
from policies.eligibility.single import SingleJudge
from policies.eligibility.standing import StandingAnswers
from policies.eligibility.stored import StoredReader
from policies.eligibility.versions import Choice, choose_rules, conditions_of, kind_for, next_window

__all__ = [
    "STATUSES",
    "Alike",
    "AlikeFirms",
    "Answers",
    "Choice",
    "CompiledRules",
    "ConditionAnswer",
    "ConditionJson",
    "FactTable",
    "PartAnswer",
    "Question",
    "QuestionJson",
    "Row",
    "SingleJudge",
    "StandingAnswers",
    "StoredReader",
    "Verdict",
    "VerdictHead",
    "VerdictJson",
    "best_question",
    "choose_rules",
    "compile_rules",
    "conditions_of",
    "explain",
    "judge",
    "judge_all",
    "judge_many",
    "kind_for",
    "names_to_judge",
    "next_window",
    "rank_questions",
    "row_of",
    "status_of",
]
