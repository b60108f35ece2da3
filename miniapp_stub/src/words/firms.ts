/* What somebody typed into the one field: a firm's code, a firm's name, or words to look for. */

/** GB 32100-2015: the letters a code may have, each worth its place here; the same as policies/vocabulary/uscc.py. */
const ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY'
/** How a firm's full name ends; a shorter name may as well be words of a policy. */
const NAME = /.{3}((有限|股份|有限责任|股份有限)公司(.+分公司)?|合伙企业([（(].+[）)])?|[（(](有限|普通|特殊普通)合伙[）)])$/

export type Typed = { kind: 'code' | 'name' | 'words', text: string } | { kind: 'wrong', text: string, problem: string }

/** What it is; a code that cannot be one says why. Nothing is asked of the server. */
export function readTyped(typed: string): Typed {
  const text = typed.trim()
  const code = text.normalize('NFKC').replace(/[\s-]/g, '').toUpperCase()
  if (/^[0-9A-Z]{10,}$/.test(code) && code.replace(/\D/g, '').length >= 6) {
    const problem = faultOf(code)
    return problem ? { kind: 'wrong', text: code, problem } : { kind: 'code', text: code }
  }
  return { kind: NAME.test(text) ? 'name' : 'words', text }
}

function faultOf(code: string): string {
  if (code.length !== 18) return `统一社会信用代码是18位，填了${code.length}位。`
  const odd = [...code].findIndex((char) => !ALPHABET.includes(char))
  if (odd >= 0) return `第${odd + 1}位的“${code[odd]}”不会出现在统一社会信用代码里（不用字母 I、O、S、V、Z），请核对。`
  return checkCharacter(code) === code[17] ? '' : '统一社会信用代码的校验位不符，可能有一位填错，请对照营业执照核对。'
}

/** The 18th character that belongs to the first 17. */
function checkCharacter(code: string): string {
  let [sum, weight] = [0, 1]
  for (const char of code.slice(0, 17)) {
    sum += ALPHABET.indexOf(char) * weight
    weight = (weight * 3) % 31
  }
  return ALPHABET[(31 - (sum % 31)) % 31]
}
