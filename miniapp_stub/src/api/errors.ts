/** What went wrong with a call, and what a person may do about it. */
export class CallError extends Error {
  constructor(
    readonly status: number, // 0: no answer at all
    readonly code: string,
    message: string,
    readonly details: Record<string, unknown> = {},
    readonly waitSeconds = 0,
  ) {
    super(message)
  }

  /** No answer came: no network, or it took too long. */
  get offline() { return this.status === 0 }
}

/** What is not there is no problem to be told of: nothing, where the server says so; any other error goes on. */
export function unlessNone(error: unknown): undefined {
  if (!(error instanceof CallError && error.status === 404)) throw error
}

/** Something the device refused; the message is for the person as it is. */
export class DeviceError extends Error {}

const BY_STATUS: Record<number, string> = {
  401: '登录已过期，请重新登录。',
  403: '您没有权限查看这项内容。',
  404: '没有找到这项内容，可能已经撤回或换了地址。',
  409: '内容刚刚有了变化，请刷新后再试。',
  413: '内容太大，请精简后再试。',
  429: '操作太频繁，请稍等片刻再试。',
  503: '系统正在整理数据，请稍等片刻再试。',
}

/** The name of a field before what is wrong with it: a word of the machine's; the person sees the field. */
const FIELD = /\b[a-z_][a-z0-9_.]*：/g

/** The error in plain Chinese: the server's own sentence where it has one, else ours. */
export function plainWords(error: unknown): string {
  if (error instanceof DeviceError) return error.message
  if (!(error instanceof CallError)) return '页面出了差错，请刷新后再试。'
  if (error.code === 'timeout') return '网络太慢，等了很久没有回应。请再试一次。'
  if (error.offline) return '连不上网络。请检查网络后再试。'
  const said = BY_STATUS[error.status] ?? (error.status >= 500 ? '服务暂时出了问题，请稍后再试。' : '')
  const asTold = ([400, 401, 403, 404, 409, 422, 428].includes(error.status) || error.code === 'not_ready') && error.message
  const words = (asTold && asTold.replace(FIELD, '')) || said || '请求没有成功，请稍后再试。'
  return error.waitSeconds > 0 && !asTold ? words.replace('稍等片刻', `等${waitWords(error.waitSeconds)}`) : words
}

const waitWords = (seconds: number) => (seconds < 60 ? `${seconds}秒` : `${Math.ceil(seconds / 60)}分钟`)
