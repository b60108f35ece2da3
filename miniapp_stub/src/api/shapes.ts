/* The answers of the API as this page reads them: only the fields it uses. */
import type { components } from './schema'

type Schemas = components['schemas']

export interface Page<T> { items: T[], total: number, next_cursor: string | null }

export type Caller =
  | { kind: 'person', id: string, firms: string[] }
  | { kind: 'staff', id: string, name: string, roles: string[] }
export interface SignedIn { access_token: string, refresh_token: string, caller?: Caller }

export type Standing = 'in_force' | 'expired' | 'not_yet' | 'consultation'
export type Level = 'national' | 'city' | 'district' | 'area'
export interface Validity { from: string | null, to: string | null, note: string }
export interface Confidence { mark: string, note: string }
export interface Source { title: string, url?: string, mark?: string }

export interface Clause { anchor: string, title: string, text: string, group: string }
export interface KeyPoints { who: string, what: string, how_much: string, when: string, where: string, materials: string[] }
export interface Support { id: string, title: string, amount?: string | number | null, kind: string }
export interface Relation { kind: string, target: string, note: string }
export interface TaskRow { [column: string]: unknown }
export interface Sheet {
  slug: string, title: string, kind: string, level: Level, stage: string, number: string, issuers: string[], areas: string[]
  signed: string | null, published: string | null, validity: Validity, confidence: Confidence, sources: Source[]
  summary: string, key_points: KeyPoints | null, grants: string[], requires: string[], relations: Relation[], clauses: Clause[]
  supports: Support[], rules: { id: string, kind: string }[], body: string
}
export interface Policy {
  slug: string, status: string, standing: Standing, version: number, published_at: string, sheet: Sheet
  replaced_by: string[]
  links: { url: string, state: string }[]
}
/** What is still said of a policy that is not public any more. */
export interface Withdrawn { slug: string, status: 'withdrawn', title: string, withdrawn_at: string, reason: string, replaced_by: string | null }
export interface PolicyBrief {
  slug: string, title: string, kind: string, level: Level, number: string, issuers: string[], areas: string[]
  validity: Validity, summary: string, standing: Standing
}
export interface Version { version: number, published_at: string, note: string, material: boolean }
export interface Changes {
  from: number, to: number, note: string, material: boolean | null
  fields: { path: string, label: string, before: unknown, after: unknown }[]
  clauses: { change: string, old: string, new: string, title: string, words: [string, string][] }[]
}

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

export interface Node { id: string, kind: string, kind_label: string, label: string, since: string | null, until: string | null, distance?: number }
export interface Link { kind: string, kind_label: string, source: string, target: string, in_force: boolean }
export interface Graph { nodes: Node[], links: Link[], left_out: Record<string, number> }
export interface Rung {
  title: Node, height: number, granted_by: Node[], required: Node[], steps: { from: string, required: boolean }[]
  state?: string, state_label?: string, missing?: Node[]
  ways?: { policy: string, title: string, status: Status, plan: Plan | null }[]
}
export interface Ladder { on?: string, held?: Node[], items: Rung[] }

export interface Course {
  id: string, title: string, series: string, summary: string, place: string, online: boolean, day: string | null, help_kinds: string[]
}
export interface Institution {
  id: string, name: string, kind: string, kind_label: string, summary: string, area: string | null, town: string | null, contact: string, help_kinds: string[]
}
export interface Explanation {
  id: string, kind: 'key_points' | 'questions' | 'media' | 'story' | 'picture', title: string, anchor: string, outdated: boolean
  content: {
    points?: string[], items?: { question: string, answer: string }[], medium?: 'video' | 'article', url?: string, source?: string
    firm?: string, text?: string
  }
}
export interface NewsItem { policy: string, title: string, summary: string, published_at: string }
export interface Notice { version: string, title: string, text: string }

export interface Me {
  kind: 'person' | 'staff', id: string, firms?: string[], phone?: string, name?: string, roles?: string[]
  bindings?: { id: string, uscc: string, active: boolean, since: string }[]
  consent?: Consent | null, notice_current?: boolean
}
export interface Consent { notice_version: string, push: boolean, contact: boolean, at: string }
export interface Company { uscc: string, name: string, area: string, town: string }
export interface Fact {
  name: string, label: string, value: Value, period: string | null, source: string, source_label: string, known_at: string, counts: boolean, disputed: boolean
}
export interface Pooled { label: string, step: string, tier: string | null, service_class_label: string | null, since: string, life: { id: string, step: string, at: string, reason: string }[] }
export type Portrait = Schemas['PortraitJson']
export type Series = Schemas['SeriesJson']
export type Amount = Series['values'][number]
export interface FirmDispute { id: string, fact: string, label?: string, period: string | null, state: string, state_label?: string, reason: string, answer: string }
export interface Guides { liaison: { name: string } | null, counsellor: { name: string } | null }
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
export type Stand = 'interested' | 'preparing' | 'applied' | 'obtained' | 'refused'
export interface Application {
  policy: string, state: Stand, label: string, since: string, history: { state: Stand, on: string, told_by: string, note: string, at: string }[]
}
export interface NextStep { policy: string, title: string, kind: string, because: string, status: Status, state: Stand | '' }
export interface Follow { id: string, kind: 'policy' | 'search', uscc: string, policy: string | null, text: string, filters: Record<string, unknown>, active: boolean }
