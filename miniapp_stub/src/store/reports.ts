import type { StatedFact } from '@/api/shapes'
// #ifndef H5
import { session } from './session'
import { CallError } from '@/api/errors'

/** WeChat's own files; uni's types know no folder of the user's. */
declare const wx: {
  env: { USER_DATA_PATH: string }
  getFileSystemManager: () => { writeFileSync: (path: string, data: ArrayBuffer) => void }
  openDocument: (options: { filePath: string, fileType: string, showMenu: boolean }) => void
}
// #endif

/** The report of a self-check: the browser prints the screen, WeChat opens the server's PDF. */
export async function printReport(slug: string, facts: StatedFact[]): Promise<void> {
  // #ifdef H5
  void [slug, facts]
  window.print()
  // #endif
  // #ifndef H5
  const data = await pdf(slug, facts)
  const filePath = `${wx.env.USER_DATA_PATH}/${slug}.pdf`
  wx.getFileSystemManager().writeFileSync(filePath, data)
  wx.openDocument({ filePath, fileType: 'pdf', showMenu: true })
  // #endif
}

// #ifndef H5
function pdf(slug: string, facts: StatedFact[]): Promise<ArrayBuffer> {
  return new Promise((resolve, reject) => {
    uni.request({
      url: `${import.meta.env.VITE_API_BASE ?? ''}/api/v1/assessments/${slug}/report`,
      method: 'POST',
      data: JSON.stringify({ facts, format: 'pdf' }),
      header: { 'Content-Type': 'application/json', ...(session.accessToken && { Authorization: `Bearer ${session.accessToken}` }) },
      responseType: 'arraybuffer',
      success: ({ statusCode, data }) => (statusCode === 200 ? resolve(data as ArrayBuffer) : reject(new CallError(statusCode, '', ''))),
      fail: ({ errMsg }) => reject(new CallError(0, 'offline', errMsg)),
    })
  })
}
// #endif
