/* One function per call of the API that the screens make. */
import { addressOf, read, send, type Answered } from './client'
import { fetchFile, sendFile, type Chosen } from './files'
import type { components, paths } from './schema'
import type { Explanation, Findings, Graph, Ladder, Me, Stand, StatedFact, Value } from './shapes'

type Schemas = components['schemas']

export const policy = (slug: string) =>
  read('/api/v1/policies/{slug}', { path: { slug } })
export const policies = (cursor?: string) =>
  read('/api/v1/policies', { query: { limit: 100, cursor } })
export const versions = (slug: string) =>
  read('/api/v1/policies/{slug}/versions', { path: { slug } })
export const changes = (slug: string, number: number) =>
  read('/api/v1/policies/{slug}/versions/{number}/changes', { path: { slug, number } })
export const explanations = (slug: string): Promise<{ items: Explanation[] }> =>
  read('/api/v1/policies/{slug}/explanations', { path: { slug } })

export type Asked = NonNullable<paths['/api/v1/search']['get']['parameters']['query']>
export const search = (query: Asked): Promise<Findings> =>
  read('/api/v1/search', { query })
export const suggestions = (q: string) =>
  read('/api/v1/suggestions', { query: { q }, retries: 0 })
export const news = (limit: number) =>
  read('/api/v1/news', { query: { limit } })
export const assess = (facts: StatedFact[], slug?: string, on?: string) =>
  send('post', '/api/v1/assessments', { body: { policy: slug, facts, on }, retries: 1 })
export const firmAnswers = (uscc: string, slug?: string) =>
  read('/api/v1/companies/{uscc}/eligibility', { path: { uscc }, query: { policy: slug } })
export const firmAnswer = (uscc: string, facts: StatedFact[]) =>
  send('post', '/api/v1/companies/{uscc}/answers', { path: { uscc }, body: { facts, source: 'self_declared' } })

/* These two answer a picture too; it is not asked for. */
export const graph = (node: string) =>
  read('/api/v1/graph', { query: { node, depth: 1, limit: 40 } }) as Promise<Graph>
export const ladder = (uscc?: string) =>
  read('/api/v1/graph/ladder', { query: { uscc } }) as Promise<Ladder>

export const courses = (cursor?: string) =>
  read('/api/v1/courses', { query: { limit: 50, cursor } })
export const institutions = (area?: string) =>
  read('/api/v1/institutions', { query: { area, limit: 100 } })
export const notice = () =>
  read('/api/v1/notices/current')

export const signInInvited = (code: string, notice_version: string) =>
  send('post', '/api/v1/sessions', { body: { kind: 'invitation', code, notice_version } })
export const signInWechat = (code: string) => send('post', '/api/v1/sessions', { body: { kind: 'wechat', code } })
export const signInStaff = (name: string, password: string) => send('post', '/api/v1/sessions', { body: { kind: 'staff', name, password } })
export const signOut = () => send('delete', '/api/v1/sessions')
export const redeem = (code: string) => send('post', '/api/v1/bindings', { body: { code } })
export const unbind = (binding_id: string) => send('delete', '/api/v1/bindings/{binding_id}', { path: { binding_id } })

export const me = (): Promise<Me> => read('/api/v1/me')
export const setPhone = (phone: string) => send('patch', '/api/v1/me', { body: { phone } })
export const consents = () => read('/api/v1/me/consents')
export const consent = (notice_version: string, wants: { push: boolean, contact: boolean }) =>
  send('post', '/api/v1/me/consents', { body: { notice_version, ...wants } })
export const everythingAboutMe = () => read('/api/v1/me/export')
export const deleteMe = () => send('post', '/api/v1/me/deletion')

export const messages = (box: 'all' | 'unread' | 'open' | 'done' | 'snoozed', cursor?: string) => read('/api/v1/messages', { query: { box, cursor, limit: 20 } })
export const message = (message_id: string) => read('/api/v1/messages/{message_id}', { path: { message_id } })
export const markRead = (message_id: string) => send('post', '/api/v1/messages/{message_id}/read', { path: { message_id } })
export const markDone = (message_id: string, done: boolean) => send('post', '/api/v1/messages/{message_id}/done', { path: { message_id }, body: { done } })
export const snooze = (message_id: string, until: string) => send('post', '/api/v1/messages/{message_id}/snooze', { path: { message_id }, body: { until } })
export const notRelevant = (message_id: string, reason: string) =>
  send('post', '/api/v1/messages/{message_id}/not-relevant', { path: { message_id }, body: { reason } })
export const mute = (message_id: string) => send('post', '/api/v1/messages/{message_id}/mute', { path: { message_id } })

export const wishes = () => read('/api/v1/me/push')
export type WishChange = Schemas['WishChange']
export const wish = (change: WishChange) => send('patch', '/api/v1/me/push', { body: change })
export const setEmail = (email: string) => send('post', '/api/v1/me/push/email', { body: { email } })
export const confirmEmail = (code: string) => send('post', '/api/v1/me/push/email-confirmation', { body: { code } })
export const permit = (template: 'policy' | 'deadline', result: 'accept' | 'reject' | 'ban', nonce: string) =>
  send('post', '/api/v1/me/push/permits', { body: { template, result, nonce } })
export const calendar = () => read('/api/v1/me/push/calendar')
export const openCalendar = () => send('post', '/api/v1/me/push/calendar')
export const closeCalendar = () => send('delete', '/api/v1/me/push/calendar')
export const follows = () => read('/api/v1/follows', { query: { limit: 100 } })
export const followPolicy = (uscc: string, slug: string) => send('post', '/api/v1/follows', { body: { kind: 'policy', uscc, policy: slug, agree: true } })
export const followSearch = (uscc: string, text: string, filters: Record<string, string[]>) =>
  send('post', '/api/v1/follows', { body: { kind: 'search', uscc, text, filters, agree: true } })
export const unfollow = (follow_id: string) => send('delete', '/api/v1/follows/{follow_id}', { path: { follow_id } })

export const company = (uscc: string) => read('/api/v1/companies/{uscc}', { path: { uscc } })
export const facts = (uscc: string) => read('/api/v1/companies/{uscc}/facts', { path: { uscc } })
export const particulars = (uscc: string) => read('/api/v1/companies/{uscc}/particulars', { path: { uscc } })
export const portrait = (uscc: string) => read('/api/v1/companies/{uscc}/portrait', { path: { uscc } })
export const pooled = (uscc: string) => read('/api/v1/companies/{uscc}/pool', { path: { uscc } })
export const guides = (uscc: string) => read('/api/v1/companies/{uscc}/service', { path: { uscc } })
export const disputes = (uscc: string) => read('/api/v1/companies/{uscc}/disputes', { path: { uscc } })
export const dispute = (uscc: string, fact: string, claimed: Value, reason: string, period?: string | null) =>
  send('post', '/api/v1/companies/{uscc}/disputes', { path: { uscc }, body: { fact, claimed, reason, period } })

export const applications = (uscc: string) => read('/api/v1/companies/{uscc}/applications', { path: { uscc } })
export const nextSteps = (uscc: string) => read('/api/v1/companies/{uscc}/next-steps', { path: { uscc } })
export const tellStep = (uscc: string, policy: string, state: Stand, on: string, note: string) =>
  send('post', '/api/v1/companies/{uscc}/applications', { path: { uscc }, body: { policy, state, on, note } })

export type PoolRun = Schemas['PoolRunJson']
export const poolRuns = (cursor?: string) => read('/api/v1/staff/pool-runs', { query: { limit: 20, cursor } })
export const poolRun = (run_id: string) => read('/api/v1/staff/pool-runs/{run_id}', { path: { run_id } })
export const startPoolRun = (kind: Schemas['NewRun']['kind']) => send('post', '/api/v1/staff/pool-runs', { body: { kind } })
export const poolRows = (run_id: string, name: string, after?: string) =>
  read('/api/v1/staff/pool-runs/{run_id}/lists/{name}', { path: { run_id, name }, query: { limit: 20, after } })
export const decideFirms = (run_id: string, usccs: string[], accept: boolean, reason: string) =>
  send('post', '/api/v1/staff/pool-runs/{run_id}/decisions', { path: { run_id }, body: { usccs, accept, reason } })
export const decideList = (run_id: string, name: string, accept: boolean, reason: string) =>
  send('post', '/api/v1/staff/pool-runs/{run_id}/lists/{name}/decisions', { path: { run_id, name }, body: { accept, reason } })
export const stopDecisions = (run_id: string) => send('post', '/api/v1/staff/pool-runs/{run_id}/decisions/stop', { path: { run_id } })
export const resumeDecisions = (run_id: string) => send('post', '/api/v1/staff/pool-runs/{run_id}/decisions/resume', { path: { run_id } })
export const staffCompanies = (name: string, cursor?: string) => read('/api/v1/staff/companies', { query: { name, cursor } })
export const callList = () => read('/api/v1/staff/deliveries/call-list')

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
type Attached = Answered<'post', '/api/v1/requests/{request_id}/files'>
export type Attachment = Attached[number]
export const attach = (request_id: string, chosen: Chosen): Promise<Attached> =>
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
export type Draft = Schemas['WorkingLine']
export const drafts = (status: Exclude<Draft['status'], 'published' | 'withdrawn'>, cursor?: string) =>
  read('/api/v1/staff/policies', { query: { status, cursor, limit: 30 } })
const PREVIEWS = '/api/v1/staff/policies/{slug}/preview-links' as const
export const previewLink = (slug: string) => send('post', PREVIEWS, { path: { slug }, body: {} })
export const callOffPreviews = (slug: string) => send('delete', PREVIEWS, { path: { slug } })
