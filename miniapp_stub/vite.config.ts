import { defineConfig, type Plugin } from 'vite'
import uni from '@dcloudio/vite-plugin-uni'
import { library, words } from './vite.words'

const web = process.env.UNI_PLATFORM === 'h5'

// uni-app's web build defines a global `wx`, from which zrender concludes that it is not in a browser
// (ecomfe/zrender#1024): without this, chart clicks carry no position on the web page.
const zrenderInBrowser: Plugin = {
  name: 'zrender-in-browser',
  enforce: 'pre',
  transform: (code, id) =>
    web && id.includes('zrender/lib/core/env') ? code.replace('typeof wx ', 'typeof undefined ') : undefined,
}

// uni-app puts every library into the main package's vendor file; what draws charts belongs beside the pages that do.
const chartsApart: Plugin = {
  name: 'charts-apart',
  enforce: 'post',
  outputOptions(options) {
    if (web || typeof options.manualChunks !== 'function') return null
    const usual = options.manualChunks
    return { ...options, manualChunks: (id, api) => (/node_modules\/(echarts|zrender|tslib)\//.test(id) ? 'charts/vendor' : usual(id, api)) }
  },
}

export default defineConfig({
  plugins: [words, zrenderInBrowser, uni(), chartsApart],
  resolve: { alias: { '@library': library } },
  server: { host: '127.0.0.1', proxy: { '/api': 'http://127.0.0.1:8000' } },
})
