import { resolve } from 'node:path'
import { defineConfig } from 'vitest/config'
import { library, words } from './vite.words'

export default defineConfig({
  plugins: [words],
  resolve: { alias: { '@': resolve(__dirname, 'src'), '@library': library } },
  test: {
    include: ['tests/**/*.test.ts'], environment: 'node', globalSetup: ['tests/server.ts'], setupFiles: ['tests/storage.ts'], testTimeout: 20_000,
    // The stand-in for WeChat keeps one client per process.
    pool: 'forks', poolOptions: { forks: { singleFork: true } },
  },
})
