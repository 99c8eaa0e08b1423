import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { stories } from '../../scripts/workbench/stories/stories.ts'
import { KeyboardPlayer } from './keyboard.ts'
import { enterStage, isWanted, picture, report, visit, type Stage } from './stage.ts'

const longest = 60_000
let stage: Stage

beforeAll(async () => {
  stage = await enterStage()
}, 120_000)
afterAll(() => stage.leave())

describe.each(stories.filter(({ number }) => isWanted(number)))('story $number', (story) => {
  it.each(['zh-CN', 'en'] as const)(
    'plays by the panes’ own pages, in %s',
    async (language) => {
      const { page, complaints } = await visit(stage, language)
      const began = Date.now()
      await page.click(`[data-act="play-${story.number}"]`)
      const card = page.locator(`[data-story="${story.number}"]`)
      await page.waitForSelector(`[data-story="${story.number}"]:is([data-state="done"], [data-state="failed"])`, {
        timeout: longest,
      })
      const ok = (await card.getAttribute('data-state')) === 'done'
      report(story.number, ok, Date.now() - began, language === 'zh-CN' ? undefined : language)
      await picture(page, `story-${story.number}-${language}`)
      expect(await card.innerText()).not.toMatch(/没有完成|Not completed/)
      expect(ok).toBe(true)
      expect(complaints).toEqual([])
      await page.context().close()
    },
    longest + 10_000,
  )

  it(
    'plays by the keyboard alone',
    async () => {
      const { page, complaints } = await visit(stage, 'zh-CN')
      const began = Date.now()
      const told = (ok: boolean) => report(story.number, ok, Date.now() - began, 'keyboard')
      await new KeyboardPlayer(page).play(story).then(
        () => told(true),
        (error: unknown) => {
          told(false)
          throw error
        },
      )
      expect(complaints).toEqual([])
      await page.context().close()
    },
    longest * 2,
  )
})
