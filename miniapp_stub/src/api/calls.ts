/* One function per call of the API that the screens make. */
import { get, post } from './client'
import type {
  Changes, Course, Explanation, Findings, Graph, Institution, Judged, Ladder, NewsItem, Notice, Page, Policy, PolicyBrief, Question, StatedFact, Status, Version, Withdrawn,
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
  closing_within?: number, issued_within?: number, limit?: number, cursor?: string
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
