/* Files as the device shows them: the browser saves them, WeChat opens them. */
// #ifndef H5
/** WeChat's own files; uni's types know no folder of the user's. */
declare const wx: {
  env: { USER_DATA_PATH: string }
  getFileSystemManager: () => { writeFileSync: (path: string, data: ArrayBuffer) => void }
  openDocument: (options: { filePath: string, fileType?: string, showMenu: boolean, fail: () => void }) => void
  previewImage: (options: { urls: string[] }) => void
  chooseMessageFile: (options: {
    count: number, type: 'file', extension: string[], success: (told: { tempFiles: { path: string, name: string }[] }) => void, fail: () => void
  }) => void
}
const PICTURE = /\.(png|jpe?g)$/i
// #endif

/** Shows a file that was fetched. */
export function showPaper(name: string, data: ArrayBuffer) {
  // #ifdef H5
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([data]))
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
  // #endif
  // #ifndef H5
  const filePath = `${wx.env.USER_DATA_PATH}/${name}`
  wx.getFileSystemManager().writeFileSync(filePath, data)
  if (PICTURE.test(name)) {
    wx.previewImage({ urls: [filePath] })
    return
  }
  wx.openDocument({ filePath, fileType: name.split('.').pop(), showMenu: true, fail: () => { uni.showToast({ title: '微信不能打开这种文件，请在网页上下载。', icon: 'none' }) } })
  // #endif
}

// #ifndef H5
/** A file out of the person's own chats; none when nothing was chosen. */
export function choosePaper(extension: string[]): Promise<{ filePath: string } | undefined> {
  return new Promise((resolve) => {
    wx.chooseMessageFile({ count: 1, type: 'file', extension, success: ({ tempFiles }) => resolve({ filePath: tempFiles[0].path }), fail: () => resolve(undefined) })
  })
}
// #endif
