/** Asks before something that cannot be undone, or that needs a person's own yes. */
export function confirmed(title: string, content: string, confirmText = '确定'): Promise<boolean> {
  return new Promise((resolve) => {
    uni.showModal({ title, content, confirmText, cancelText: '取消', success: ({ confirm }) => resolve(confirm), fail: () => resolve(false) })
  })
}
