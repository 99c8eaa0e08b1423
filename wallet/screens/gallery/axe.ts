import axe from 'axe-core'
import { languages } from '@fujie/shared/ui/messages.ts'
import { showSample } from './show-sample.ts'

const themes = ['light', 'dark', 'contrast'] as const

/** Every look and language a page is to be seen in. */
export const looks = themes.flatMap((theme) => languages.map((language) => ({ theme, language })))

export type Look = (typeof looks)[number]

/** What axe finds wrong with a sample page. */
export async function foundByAxe(name: string, { language, theme }: Look): Promise<readonly string[]> {
  await showSample(name, language, theme)
  const { violations } = await axe.run(document.body, { resultTypes: ['violations'] })
  return violations.map(({ id, nodes }) => `${id} ${nodes[0]?.html ?? ''}`)
}
