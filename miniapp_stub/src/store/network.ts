import { reactive } from 'vue'

/** Whether answers come: told by the device, and by each call. */
export const network = reactive({ online: true })

export function heard(answer: boolean) { network.online = answer }

/** Listen to the device; called once when the app starts. */
export function watchNetwork() {
  uni.onNetworkStatusChange?.(({ isConnected }) => heard(isConnected))
}
