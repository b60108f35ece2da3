import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { GlobalSetupContext } from 'vitest/node'

declare module 'vitest' {
  export interface ProvidedContext { server: string, accounts: string }
}

const ROOT = resolve(__dirname, '../..')

/**
 * A real server with the demo's data for the walks: the one POLICYMAP_URL names (with POLICYMAP_ACCOUNTS, the file of the
 * demo's accounts), else one of our own. Without a Python that has the backend they are skipped, loudly; in CI that is a failure.
 */
export default async function setup({ provide }: GlobalSetupContext) {
  if (process.env.POLICYMAP_URL) {
    provide('server', process.env.POLICYMAP_URL)
    provide('accounts', process.env.POLICYMAP_ACCOUNTS ?? '')
    return undefined
  }
  const python = [process.env.POLICYMAP_PYTHON, join(ROOT, '.venv/bin/python')].find((path) => path && existsSync(path))
  if (!python) {
    if (process.env.CI === 'true') throw new Error('no Python with the backend: set POLICYMAP_URL or POLICYMAP_PYTHON')
    console.warn('\n  NOT TRIED: the mini-program against a real server (no .venv; set POLICYMAP_URL or POLICYMAP_PYTHON)\n')
    provide('server', '')
    provide('accounts', '')
    return undefined
  }
  const { POLICYMAP_PYTHON: _ours, ...env } = process.env // the service refuses settings it does not know
  const folder = mkdtempSync(join(tmpdir(), 'policymap-page-'))
  const port = await freePort()
  const server = spawn(python, ['-m', 'backend.cli', 'demo'], {
    cwd: ROOT,
    env: {
      ...env, POLICYMAP_PORT: String(port), POLICYMAP_DATA_DIR: folder, POLICYMAP_WECHAT_STAND_IN: 'true',
      POLICYMAP_ASSESSMENT_LIMIT: '1000 per minute', POLICYMAP_SIGN_IN_LIMIT: '100 per minute', POLICYMAP_INVITATION_LIMIT: '100 per minute',
    },
    stdio: 'ignore',
  })
  const address = `http://127.0.0.1:${port}`
  await ready(server, address)
  provide('server', address)
  provide('accounts', join(folder, 'demo-accounts.txt'))
  return async () => {
    const gone = new Promise((done) => { server.once('exit', done) })
    server.kill()
    await gone
    rmSync(folder, { recursive: true, force: true })
  }
}

async function ready(server: ChildProcess, address: string) {
  for (let tried = 0; tried < 600; tried++) {
    if (server.exitCode !== null) throw new Error(`the server ended with ${server.exitCode}`)
    if (await fetch(`${address}/readyz`).then(({ ok }) => ok, () => false)) return
    await new Promise((done) => { setTimeout(done, 200) })
  }
  throw new Error('the server did not start in 120 s')
}

function freePort(): Promise<number> {
  return new Promise((done) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number }
      probe.close(() => done(port))
    })
  })
}
