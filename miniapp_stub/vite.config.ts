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

// A reader's own font size holds on the web: what is text, or holds a line of it, is measured by it. WeChat scales px itself.
const sizeOfReader: Plugin = {
  name: 'size-of-reader',
  enforce: 'pre',
  transform: (code, id) =>
    web && /\/src\/.*\.(css|vue\?.*lang\.css)/.test(id) ? code.replace(/(?<=[\s{;](?:font-size|line-height|width|height):\s*)(\d\d+)px/g, (_, px: string) => `${Number(px) / 16}rem`) : undefined,
}

// On a slow network every file costs a journey, and a browser makes six at once: libraries are one file, what screens share another.
const fewFiles: Plugin = {
  name: 'few-files',
  apply: 'build',
  config: () => (web ? { build: { cssCodeSplit: false } } : {}),
  outputOptions(options) {
    if (!web) return null
    const heavy = /node_modules\/(echarts|zrender|tslib)\/|\/src\/(charts|pages|staff)\/|\/parts\/(Asking|SelfCheck)|\/store\/ahead/
    const manualChunks = (id: string) => {
      if (heavy.test(id)) return undefined
      return id.includes('/node_modules/') ? 'vendor' : /\/src\/(parts|store|api|words)\//.test(id) ? 'shared' : undefined
    }
    return { ...options, manualChunks }
  },
}

// Home's own code is asked for beside the frame's instead of after it: one journey less on a slow network.
const homeAtOnce: Plugin = {
  name: 'home-at-once',
  apply: 'build',
  transformIndexHtml: {
    order: 'post',
    handler(_, { bundle = {} }) {
      if (!web) return []
      const home = Object.values(bundle).find((file) => file.type === 'chunk' && file.facadeModuleId?.includes('pages/home.vue'))
      const entry = Object.values(bundle).find((file) => file.type === 'chunk' && file.isEntry)
      const known = entry?.type === 'chunk' ? [entry.fileName, ...entry.imports] : []
      const files = home?.type === 'chunk' ? [home.fileName, ...home.imports] : []
      return files.filter((file) => !known.includes(file)).map((file) => ({ tag: 'link', attrs: { rel: 'modulepreload', crossorigin: true, href: `/${file}` }, injectTo: 'head' as const }))
    },
  },
}

export default defineConfig({
  plugins: [words, zrenderInBrowser, sizeOfReader, uni(), chartsApart, fewFiles, homeAtOnce],
  resolve: { alias: { '@library': library } },
  server: { host: '127.0.0.1', proxy: { '/api': 'http://127.0.0.1:8000' } },
})
