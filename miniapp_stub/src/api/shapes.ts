/* Names for what the API's document describes: nothing here is written by hand, so what the API renames no longer compiles. */
import type { components } from './schema'

type Schemas = components['schemas']
/** Some of several shapes: each field of any of them, none for certain. */
type AnyOf<U> = { [K in U extends unknown ? (string extends keyof U ? never : keyof U) : never]?: U extends Record<K, unknown> ? U[K] : never }

export type SignedIn = Schemas['SignedInJson']
export type Caller = SignedIn['caller']
type OneOf = Schemas['PersonJson'] | Schemas['StaffCallerJson']
/** Who is signed in; what only persons or only staff have may be missing. */
export type Me = Pick<OneOf, keyof OneOf> & AnyOf<OneOf>

export type Policy = Schemas['PolicyJson']
/** What is still said of a policy that is not public any more. */
export type Withdrawn = Schemas['WithdrawnJson']
export type Standing = Policy['standing']
export type Level = Sheet['level']
type Sheet = Policy['sheet']
export type Validity = Sheet['validity']
export type Clause = Sheet['clauses'][number]
export type KeyPoints = Sheet['key_points']
export type Support = Sheet['supports'][number]
export type Relation = Sheet['relations'][number]
export type Explanation = Omit<Schemas['ExplanationJson'], 'content'> & { content: AnyOf<Schemas['ExplanationJson']['content']> }

export type Piece = Schemas['PieceJson']
type Finding = Schemas['FindingsJson']['items'][number]
/** What was found; what only policies or only questions have may be missing. */
export type Found = Schemas['FoundHead'] & AnyOf<Finding>
export type Findings = Omit<Schemas['FindingsJson'], 'items'> & { items: Found[] }

export type Judged = Schemas['AnswersJson']
export type Answer = Schemas['AnswerJson']
export type Status = Answer['status']
export type Condition = Schemas['HelpedCondition']
export type State = Condition['state']
export type Score = Schemas['ScoreJson']
export type Plan = Schemas['HelpedPlan']
export type Helper = Schemas['HelperJson']
export type Question = Schemas['QuestionJson']
export type StatedFact = Schemas['Assessment']['facts'][number]
export type Value = StatedFact['value']

export type Graph = Schemas['GraphJson']
export type Node = Schemas['PlacedNode']
type Ladders = Schemas['TitleRungPage'] | Schemas['FirmLadderJson']
type Rungs = Ladders['items'][number]
/** The ladder as it is for all, or as a firm sees it: then with more. */
export type Ladder = Omit<Ladders & AnyOf<Ladders>, 'items'> & { items: (Rungs & AnyOf<Rungs>)[] }

export type Series = Schemas['SeriesJson']
export type Amount = Series['values'][number]
export type Message = Schemas['InboxMessage']
export type Wishes = Schemas['WishesJson']
export type Stand = Schemas['ApplicationJson']['state']
