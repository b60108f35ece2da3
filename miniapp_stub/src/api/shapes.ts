/* The answers of the API as this page reads them: only the fields it uses. */
import type { components } from './schema'

type Schemas = components['schemas']
/** Some of several shapes: each field of any of them, none for certain. */
type AnyOf<U> = { [K in U extends unknown ? (string extends keyof U ? never : keyof U) : never]?: U extends Record<K, unknown> ? U[K] : never }

export interface Page<T> { items: T[], total: number, next_cursor: string | null }

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
export type Changes = Schemas['ChangesJson']
export type Explanation = Omit<Schemas['ExplanationJson'], 'content'> & { content: AnyOf<Schemas['ExplanationJson']['content']> }

export interface Piece { text: string, hit: boolean }
export interface Found {
  id: string, kind: 'policy' | 'measure' | 'course' | 'institution', notes: string[]
  highlights: { title?: Piece[], text?: Piece[][] }
  title: string, policy?: string, policy_title?: string, anchor?: string | null, number?: string, level?: Level, areas?: string[]
  validity?: Validity, standing?: Standing
}
export interface Findings extends Page<Found> {
  tabs: Record<'all' | Found['kind'], number>
  facets: Record<string, Record<string, number>>
  unmatched_words: string[], read_as: string | null, did_you_mean: string[], parts: { q: string, total: number }[] | [string, number][]
  related: string[], choices: Record<string, string[]>, elsewhere: Record<string, number>, unfiltered: number | null
}

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

export interface Course {
  id: string, title: string, series: string, summary: string, place: string, online: boolean, day: string | null, help_kinds: string[]
}
export interface Institution {
  id: string, name: string, kind: string, kind_label: string, summary: string, area: string | null, town: string | null, contact: string, help_kinds: string[]
}
export interface NewsItem { policy: string, title: string, summary: string, published_at: string }

export type Portrait = Schemas['PortraitJson']
export type Series = Schemas['SeriesJson']
export type Amount = Series['values'][number]
export interface Message {
  id: string, uscc: string, policy: string | null, kind: string, kind_label: string, day: string, title: string, text: string, withdrawn: string | null
  mark: string, created_at: string, read_at: string | null, done_at: string | null, snoozed_until: string | null, not_relevant: string | null
}
export interface Inbox extends Page<Message> { unread: number }
export interface Why {
  title?: string, change_label?: string, rule_source?: string, old_label?: string, new_label?: string, confidence?: string, confidence_note?: string
  conditions?: { id: string, label: string, state: State, sentence: string }[]
  facts?: { name: string, label?: string, value: Value, period: string | null, source_label: string, known_at: string }[]
  reason?: string
}
export interface MessageView extends Message { why: Why, receipts: { carrier: string, state: string, reason: string, delivered_at: string | null }[] }
export interface Wishes {
  rhythm: Record<string, 'at_once' | 'daily' | 'weekly'>, muted: string[], personalised: boolean, email: string, email_confirmed: boolean, email_bounced: boolean | null
  permits: Record<string, number>, templates?: Record<string, string>, follow_consent: string
}
export type Stand = Schemas['ApplicationJson']['state']
export interface Follow { id: string, kind: 'policy' | 'search', uscc: string, policy: string | null, text: string, filters: Record<string, unknown>, active: boolean }
