/* Files to the server and from it; what they are shown with is the device's own. */
import { admitted, signature, unanswered, type Answer } from './client'

/** A file somebody chose: the browser's own, or a path of WeChat's. */
export type Chosen = { file: File } | { filePath: string }

const PATIENCE = 60_000

/** Sends a file as the form's `file`; the server's answer. */
export async function sendFile<T>(url: string, chosen: Chosen): Promise<T> {
  const once = () => new Promise<Answer>((resolve, reject) => {
    uni.uploadFile({
      url, ...('file' in chosen ? { files: [{ name: 'file', file: chosen.file, uri: '' }] } : { name: 'file', ...chosen }), header: signature(), timeout: PATIENCE,
      success: ({ statusCode, data }) => resolve({ statusCode, data: parsed(data), header: {} }),
      fail: ({ errMsg }) => reject(unanswered(errMsg)),
    })
  })
  return (await admitted(once)).data as T
}

/** Fetches a file, or makes the server write one (`body`). */
export async function fetchFile(url: string, body?: object): Promise<ArrayBuffer> {
  const once = () => new Promise<Answer>((resolve, reject) => {
    uni.request({
      url, method: body ? 'POST' : 'GET', data: body && JSON.stringify(body), header: { 'Content-Type': 'application/json', ...signature() },
      responseType: 'arraybuffer', timeout: PATIENCE,
      success: ({ statusCode, data }) => resolve({ statusCode, data: statusCode < 400 ? data : undefined, header: {} }),
      fail: ({ errMsg }) => reject(unanswered(errMsg)),
    })
  })
  return (await admitted(once)).data as ArrayBuffer
}

function parsed(text: string): unknown {
  // A refusal of something between us and the server is no JSON; its status says enough.
  try { return JSON.parse(text) } catch { return undefined }
}
