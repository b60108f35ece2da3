/* One function per call of the API that the screens make. */
import { addressOf, call, get, post, read, send } from './client'
import { fetchFile, sendFile, type Chosen } from './files'
import type { components } from './schema'
import type {
  Application, Changes, Company, Consent, Course, Explanation, Fact, Findings, FirmDispute, Follow, Graph, Guides, Inbox, Institution, Judged, Ladder, Me, MessageView,
  NewsItem, NextStep, Notice, Page, Policy, PolicyBrief, Pooled, Portrait, Question, SignedIn, Stand, StatedFact, Status, Value, Version, Wishes, Withdrawn,
} from './shapes'

export const policy = (slug: string): Promise<Policy | Withdrawn> =>
  get('/api/v1/policies/{slug}', { path: { slug } })
export const policies = (cursor?: string): Promise<Page<PolicyBrief>> =>
  get('/api/v1/policies', { query: { limit: 100, cursor } })
export const versions = (slug: string): Promise<Page<Version>> =>
  get('/api/v1/policies/{slug}/versions', { path: { slug } })
export const changes = (slug: string, number: number): Promise<Changes> =>
  get('/api/v1/policies/{slug}/versions/{number}/changes', { path: { slug, number } })
export const explanations = (slug: string): Promise<Page<Explanation>> =>
  get('/api/v1/policies/{slug}/explanations', { path: { slug } })

export interface Asked {
  q?: string, kind?: Findings['items'][0]['kind'][], level?: ('national' | 'city' | 'district' | 'area')[], area?: string[], policy_kind?: string[]
  standing?: 'in_force' | 'expired' | 'consultation' | 'not_yet' | 'all', sort?: 'relevance' | 'newest' | 'deadline'
  closing_within?: number, issued_within?: number, issued_from?: string, issued_to?: string, limit?: number, cursor?: string
}
export const search = (query: Asked): Promise<Findings> =>
  get('/api/v1/search', { query })
export const suggestions = (q: string): Promise<Page<string>> =>
  get('/api/v1/suggestions', { query: { q }, retries: 0 })
export const news = (limit: number): Promise<Page<NewsItem>> =>
  get('/api/v1/news', { query: { limit } })
export const assess = (facts: StatedFact[], slug?: string, on?: string): Promise<Judged> =>
  post('/api/v1/assessments', { body: { policy: slug, facts, on }, retries: 1 })
export const firmAnswers = (uscc: string, slug?: string): Promise<Judged> =>
  get('/api/v1/companies/{uscc}/eligibility', { path: { uscc }, query: { policy: slug } })

export interface Changed { changed: { policy: string, title: string, before: Status, after: Status }[], questions: Question[] }
export const firmAnswer = (uscc: string, facts: StatedFact[]): Promise<Changed> =>
  post('/api/v1/companies/{uscc}/answers', { path: { uscc }, body: { facts, source: 'self_declared' } })

export const graph = (node: string): Promise<Graph> =>
  get('/api/v1/graph', { query: { node, depth: 1, limit: 40 } })
export const ladder = (uscc?: string): Promise<Ladder> =>
  get('/api/v1/graph/ladder', { query: { uscc } })

export const courses = (cursor?: string): Promise<Page<Course>> =>
  get('/api/v1/courses', { query: { limit: 50, cursor } })
export const institutions = (area?: string): Promise<Page<Institution>> =>
  get('/api/v1/institutions', { query: { area, limit: 100 } })
export const notice = (): Promise<Notice> =>
  get('/api/v1/notices/current')

export const signInInvited = (code: string, notice_version: string): Promise<SignedIn> =>
  post('/api/v1/sessions', { body: { kind: 'invitation', code, notice_version } })
export const signInWechat = (code: string): Promise<SignedIn> => post('/api/v1/sessions', { body: { kind: 'wechat', code } })
export const signInStaff = (name: string, password: string): Promise<SignedIn> => post('/api/v1/sessions', { body: { kind: 'staff', name, password } })
export const signOut = (): Promise<unknown> => call('delete', '/api/v1/sessions')
export const redeem = (code: string): Promise<unknown> => post('/api/v1/bindings', { body: { code } })
export const unbind = (binding_id: string): Promise<unknown> => call('delete', '/api/v1/bindings/{binding_id}', { path: { binding_id } })

export const me = (): Promise<Me> => get('/api/v1/me')
export const setPhone = (phone: string): Promise<{ phone: string }> => call('patch', '/api/v1/me', { body: { phone } })
export const consents = (): Promise<Page<Consent>> => get('/api/v1/me/consents')
export const consent = (notice_version: string, wants: { push: boolean, contact: boolean }): Promise<unknown> =>
  post('/api/v1/me/consents', { body: { notice_version, ...wants } })
export const everythingAboutMe = (): Promise<object> => get('/api/v1/me/export')
export const deleteMe = (): Promise<unknown> => post('/api/v1/me/deletion')

export const messages = (box: 'all' | 'unread' | 'open' | 'done' | 'snoozed', cursor?: string): Promise<Inbox> => get('/api/v1/messages', { query: { box, cursor, limit: 20 } })
export const message = (message_id: string): Promise<MessageView> => get('/api/v1/messages/{message_id}', { path: { message_id } })
export const markRead = (message_id: string): Promise<unknown> => post('/api/v1/messages/{message_id}/read', { path: { message_id } })
export const markDone = (message_id: string, done: boolean): Promise<unknown> => post('/api/v1/messages/{message_id}/done', { path: { message_id }, body: { done } })
export const snooze = (message_id: string, until: string): Promise<unknown> => post('/api/v1/messages/{message_id}/snooze', { path: { message_id }, body: { until } })
export const notRelevant = (message_id: string, reason: string): Promise<unknown> =>
  post('/api/v1/messages/{message_id}/not-relevant', { path: { message_id }, body: { reason } })
export const mute = (message_id: string): Promise<unknown> => post('/api/v1/messages/{message_id}/mute', { path: { message_id } })

export const wishes = (): Promise<Wishes> => get('/api/v1/me/push')
export interface WishChange { rhythm?: Record<string, 'at_once' | 'daily' | 'weekly'>, personalised?: boolean, muted?: [] }
export const wish = (change: WishChange): Promise<Wishes> => call('patch', '/api/v1/me/push', { body: change })
export const setEmail = (email: string): Promise<{ email_confirmed: boolean }> => post('/api/v1/me/push/email', { body: { email } })
export const confirmEmail = (code: string): Promise<{ email_confirmed: boolean }> => post('/api/v1/me/push/email-confirmation', { body: { code } })
export const permit = (template: 'policy' | 'deadline', result: 'accept' | 'reject' | 'ban', nonce: string): Promise<unknown> =>
  post('/api/v1/me/push/permits', { body: { template, result, nonce } })
export const calendar = (): Promise<{ open: boolean }> => get('/api/v1/me/push/calendar')
export const openCalendar = (): Promise<{ address: string }> => post('/api/v1/me/push/calendar')
export const closeCalendar = (): Promise<unknown> => call('delete', '/api/v1/me/push/calendar')
export const follows = (): Promise<Page<Follow>> => get('/api/v1/follows', { query: { limit: 100 } })
export const followPolicy = (uscc: string, slug: string): Promise<Follow> => post('/api/v1/follows', { body: { kind: 'policy', uscc, policy: slug, agree: true } })
export const followSearch = (uscc: string, text: string, filters: Record<string, string[]>): Promise<Follow> =>
  post('/api/v1/follows', { body: { kind: 'search', uscc, text, filters, agree: true } })
export const unfollow = (follow_id: string): Promise<unknown> => call('delete', '/api/v1/follows/{follow_id}', { path: { follow_id } })

export const company = (uscc: string): Promise<Company> => get('/api/v1/companies/{uscc}', { path: { uscc } })
export const facts = (uscc: string): Promise<Page<Fact>> => get('/api/v1/companies/{uscc}/facts', { path: { uscc } })
export const portrait = (uscc: string): Promise<Portrait> => get('/api/v1/companies/{uscc}/portrait', { path: { uscc } })
export const pooled = (uscc: string): Promise<Pooled> => get('/api/v1/companies/{uscc}/pool', { path: { uscc } })
export const guides = (uscc: string): Promise<Guides> => get('/api/v1/companies/{uscc}/service', { path: { uscc } })
export const disputes = (uscc: string): Promise<Page<FirmDispute>> => get('/api/v1/companies/{uscc}/disputes', { path: { uscc } })
export const dispute = (uscc: string, fact: string, claimed: Value, reason: string, period?: string | null): Promise<FirmDispute> =>
  post('/api/v1/companies/{uscc}/disputes', { path: { uscc }, body: { fact, claimed, reason, period } })

export const applications = (uscc: string): Promise<Page<Application>> => get('/api/v1/companies/{uscc}/applications', { path: { uscc } })
export const nextSteps = (uscc: string): Promise<Page<NextStep>> => get('/api/v1/companies/{uscc}/next-steps', { path: { uscc } })
export const tellStep = (uscc: string, policy: string, state: Stand, on: string, note: string): Promise<Application> =>
  post('/api/v1/companies/{uscc}/applications', { path: { uscc }, body: { policy, state, on, note } })

export const staffCompanies = (name: string, cursor?: string): Promise<Page<Company>> => get('/api/v1/staff/companies', { query: { name, cursor } })
export interface ToCall { uscc: string, message: string, title: string, reason: string }
export const callList = (): Promise<Page<ToCall>> => get('/api/v1/staff/deliveries/call-list')

/* What the API describes in full: the shapes are the document's own. */
type Schemas = components['schemas']
export type Session = Schemas['SessionAnswer']
export type SignUp = Schemas['SignUpAnswer']
export type Adviser = Schemas['AdviserJson']
export type Asking = Schemas['NewRequest']
export type HelpRequest = Schemas['RequestJson']
export type Entry = Schemas['EntryJson']
export type Visit = Schemas['VisitJson']

export const sessions = (course?: string) => read('/api/v1/course-sessions', { query: { course, limit: 50 } })
export const signUp = (session_id: string, uscc: string) => send('post', '/api/v1/course-sessions/{session_id}/sign-up', { path: { session_id }, body: { uscc } })
export const cancelSignUp = (session_id: string) => send('delete', '/api/v1/course-sessions/{session_id}/sign-up', { path: { session_id } })
export const session = (session_id: string) => read('/api/v1/course-sessions/{session_id}', { path: { session_id } })
export const mySeat = (session_id: string) => read('/api/v1/course-sessions/{session_id}/sign-up', { path: { session_id } })
export const checkIn = (session_id: string, code: string) => send('post', '/api/v1/course-sessions/{session_id}/check-in', { path: { session_id }, body: { code } })
export const rateSession = (session_id: string, score: number, words: string) =>
  send('put', '/api/v1/course-sessions/{session_id}/rating', { path: { session_id }, body: { score, words } })
export const material = (session_id: string, file_id: string) =>
  fetchFile(addressOf('/api/v1/course-sessions/{session_id}/material/{file_id}', { session_id, file_id }))
export const signUps = () => read('/api/v1/me/sign-ups', { query: { limit: 50 } })
export const people = (area?: string) => read('/api/v1/people', { query: { area, limit: 100 } })

export const askForHelp = (body: Asking) => send('post', '/api/v1/requests', { body })
export const helpRequests = () => read('/api/v1/requests', { query: { limit: 50 } })
export const helpRequest = (request_id: string) => read('/api/v1/requests/{request_id}', { path: { request_id } })
export const sayMore = (request_id: string, text: string) => send('post', '/api/v1/requests/{request_id}/messages', { path: { request_id }, body: { text } })
export const withdrawRequest = (request_id: string, note: string) => send('post', '/api/v1/requests/{request_id}/withdraw', { path: { request_id }, body: { note } })
export const rate = (request_id: string, stars: number, text: string) => send('put', '/api/v1/requests/{request_id}/rating', { path: { request_id }, body: { stars, text } })
export type Attachment = Schemas['FileJson']
export const attach = (request_id: string, chosen: Chosen): Promise<Attachment[]> =>
  sendFile(addressOf('/api/v1/requests/{request_id}/files', { request_id }), chosen)
export const attached = (request_id: string, number: number) => fetchFile(addressOf('/api/v1/requests/{request_id}/files/{number}', { request_id, number }))
export const outcome = (request_id: string, applied: boolean, certified: boolean) =>
  send('put', '/api/v1/requests/{request_id}/outcome', { path: { request_id }, body: { applied, certified } })

export type Feedback = Schemas['NewFeedback']
export const giveFeedback = (body: Feedback) => send('post', '/api/v1/feedback', { body })
export const understood = (slug: string, well: boolean) => send('put', '/api/v1/feedback/policies/{slug}', { path: { slug }, body: { understood: well } })
export const myFeedback = () => read('/api/v1/feedback')

export const dueVisits = () => read('/api/v1/staff/visits', { query: { due: '30', limit: 50 } })
export const visitsOf = (uscc: string) => read('/api/v1/staff/visits', { query: { uscc, limit: 20 } })
export const planVisit = (body: Schemas['NewVisit']) => send('post', '/api/v1/staff/visits', { body })
export const visitDone = (visit_id: string, revision: number, body: Schemas['VisitDone']) =>
  send('post', '/api/v1/staff/visits/{visit_id}/done', { path: { visit_id }, revision, body })
export type Task = Schemas['StaffRequestJson']
export type Ending = Schemas['Ending']
const TASK = '/api/v1/staff/requests/{request_id}' as const
export const tasks = (query: { mine?: boolean, state?: Task['state'], cursor?: string }) => read('/api/v1/staff/requests', { query: { ...query, limit: 30 } })
export const task = (request_id: string) => read(TASK, { path: { request_id } })
export const claim = (request_id: string) => send('post', `${TASK}/claim`, { path: { request_id } })
export const answerTask = (request_id: string, text: string) => send('post', `${TASK}/answers`, { path: { request_id }, body: { text } })
export const askBack = (request_id: string, text: string) => send('post', `${TASK}/questions`, { path: { request_id }, body: { text } })
export const noteTask = (request_id: string, text: string) => send('post', `${TASK}/notes`, { path: { request_id }, body: { text } })
export const handTask = (request_id: string, adviser: string, why: string) => send('post', `${TASK}/handover`, { path: { request_id }, body: { adviser, why } })
export const inviteToTask = (request_id: string, adviser: string) => send('post', `${TASK}/helpers`, { path: { request_id }, body: { adviser } })
export const referTask = (request_id: string, department: string, why: string) => send('post', `${TASK}/refer`, { path: { request_id }, body: { department, why } })
export const releaseTask = (request_id: string) => send('post', `${TASK}/release`, { path: { request_id } })
export const endTask = (request_id: string, body: Ending) => send('post', `${TASK}/end`, { path: { request_id }, body })
export const passOn = (body: Schemas['NewHandover']) => send('post', '/api/v1/staff/handovers', { body })
export type Handover = Schemas['HandoverJson']
export const handovers = (uscc?: string, cursor?: string) => read('/api/v1/staff/handovers', { query: { limit: 30, uscc, cursor } })
export const askForFirm = (body: Asking) => send('post', '/api/v1/staff/requests', { body })

/** A working copy that is not public as it stands. */
export interface Draft { slug: string, title: string, live_version: number | null, updated_at: string }
export const drafts = (status: 'draft' | 'in_review' | 'changes_requested' | 'approved' | 'scheduled', cursor?: string): Promise<Page<Draft>> =>
  get('/api/v1/staff/policies', { query: { status, cursor, limit: 30 } })
const PREVIEWS = '/api/v1/staff/policies/{slug}/preview-links' as const
export const previewLink = (slug: string): Promise<{ url: string, until: string }> => post(PREVIEWS, { path: { slug }, body: {} })
export const callOffPreviews = (slug: string): Promise<unknown> => call('delete', PREVIEWS, { path: { slug } })
