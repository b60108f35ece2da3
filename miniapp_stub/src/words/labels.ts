import areas from '@library/vocabulary/areas.yaml'
import departments from '@library/vocabulary/departments.yaml'
import helpKinds from '@library/vocabulary/help_kinds.yaml'
import titles from '@library/vocabulary/titles.yaml'
import type { Level, Stand, Standing, State, Status } from '@/api/shapes'

export const LEVELS: Record<Level, string> = { national: '国家', city: '上海市', district: '浦东新区', area: '片区' }
export const POLICY_KINDS: Record<string, string> = {
  plan: '计划', title: '资质', money: '资金', tax: '税收', platform: '平台', listing: '上市', service: '服务', internal: '内部',
}
export const STANDINGS: Record<Standing, string> = {
  in_force: '现行有效', expired: '已到期', not_yet: '尚未施行', consultation: '征求意见稿', unconfirmed: '有效期没有查到，请先核实',
}
const { unconfirmed, ...sought } = STANDINGS
/** By which a search can be narrowed. */
export const SOUGHT_STANDINGS = { ...sought, all: '全部' }

/** An answer in words, a sign and a tone, so that none of them alone has to be seen. */
export interface Said { words: string, sign: string, tone: 'good' | 'warn' | 'bad' | 'plain' }
export const STATUSES: Record<Status, Said> = {
  eligible: { words: '符合', sign: '✓', tone: 'good' },
  subject_to_review: { words: '可能符合，待核实', sign: '◐', tone: 'warn' },
  ineligible: { words: '目前不符合', sign: '✕', tone: 'bad' },
  unknown: { words: '信息不足，暂不能判断', sign: '?', tone: 'plain' },
  not_in_force: { words: '政策不在有效期', sign: '–', tone: 'plain' },
}
export const STATES: Record<State, Said> = {
  met: { words: '符合', sign: '✓', tone: 'good' },
  unmet: { words: '不符合', sign: '✕', tone: 'bad' },
  unknown: { words: '缺信息', sign: '?', tone: 'plain' },
  declared: { words: '须自行声明', sign: '✎', tone: 'warn' },
  needs_person: { words: '须由人评定', sign: '◐', tone: 'warn' },
}
export const STANDS: Record<Stand, Pick<Said, 'words' | 'tone'>> = {
  interested: { words: '有意向', tone: 'plain' },
  preparing: { words: '准备中', tone: 'warn' },
  applied: { words: '已申报', tone: 'warn' },
  obtained: { words: '已获得', tone: 'good' },
  refused: { words: '未通过', tone: 'bad' },
}
/** What a step of the cultivation pool means for the firm. */
export const POOL_STEPS: Record<string, string> = {
  tracked: '在跟踪名单里，暂不推送政策消息。',
  candidate: '入库候选，会收到与企业有关的政策消息。',
  in_pool: '在培育库里，会收到与企业有关的政策消息。层级由低到高是储备、培育、提升，由工作人员按规则评估后调整。',
  applying: '正在申报高新技术企业。',
  certified: '已认定为高新技术企业。',
  maintaining: '资质在有效期内，注意每年保持条件。',
  renewal_due: '资质快到期，需要重新认定。',
  at_risk: '现有资料显示可能不再符合条件，请核对资料。',
  left: '已出库，不再推送政策消息。',
  moved_away: '已迁出，不再推送政策消息。',
  closed: '已注销。',
}
export const RELATIONS: Record<string, string> = {
  replaced_by: '已由它接替', replaces: '接替', repeals: '废止', amends: '修改', based_on: '依据', implements: '落实', interprets: '解读',
  leads_on_to: '取得后可接着申请', excludes: '不能同时享受', capped_together: '合计有上限', stacks_with: '可以叠加', routed_to: '另按当地政策',
  cites: '相关',
}
/** How sure the library is of what it says; nothing is shown as certain that is not. */
export const MARKS: Record<string, string> = {
  G: '已对照官方原文', P: '按公开转述整理，未对照原文', R: '按公开转述整理，未对照原文', K: '按一般知识整理，未对照原文',
  C: '来源说法不一', '?': '尚未查实',
}

export const areaLabel = (area: string) => areas[area] ?? area
export const titleLabel = (title: string) => titles[title] ?? title
export const helpLabel = (kind: string) => helpKinds[kind] ?? kind
export const AREAS = areas
export const HELP_KINDS = helpKinds
export const DEPARTMENTS = departments
