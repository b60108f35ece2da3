import { describe, expect, test } from 'vitest'
import { readTyped } from '@/words/firms'

describe('the one field', () => {
  // Made-up codes for tests, and a published example with a wrong and a right last character.
  test.each(['91310115MA1AY4CL20', '91310115MA112TH32R', '91310115MA00003300', '91350100M000100Y43'])('takes the code %s', (code) => {
    expect(readTyped(code)).toEqual({ kind: 'code', text: code })
    expect(readTyped(` ${code.toLowerCase().slice(0, 6)} ${code.slice(6)}`)).toEqual({ kind: 'code', text: code })
  })

  test.each([
    ['91350100M000100Y4Z', '第18位的“Z”'], ['91310115MA1AY4CL2O', '第18位的“O”'], ['91310115MA1AY4CL21', '校验位不符'],
    ['91310115MA1AY4CL2', '填了17位'], ['９１３１０１１５MA1AY4CL200', '填了19位'], ['310115000123456', '填了15位'],
  ])('says what is wrong with %s', (code, problem) => {
    const read = readTyped(code)
    expect(read.kind).toBe('wrong')
    expect(read).toMatchObject({ problem: expect.stringContaining(problem) })
  })

  test.each(['示例科技有限公司', '上海示例智能股份有限公司', '上海示例科技有限公司浦东分公司', '示例投资合伙企业（有限合伙）', '上海示例中心（有限合伙）'])('knows the name %s', (name) => {
    expect(readTyped(name)).toEqual({ kind: 'name', text: name })
  })

  test.each(['高新技术企业', '专精特新中小企业', '上市公司', '股份有限公司', '企业技术中心', '国科发火〔2016〕32号', '浦府规〔2021〕4号', '2026', 'AI', ''])('looks for %s', (words) => {
    expect(readTyped(words)).toEqual({ kind: 'words', text: words })
  })
})
