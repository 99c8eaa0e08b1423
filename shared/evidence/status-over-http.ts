import { Fault } from '../core/fault.ts'
import { limits } from '../core/limits.ts'
import { statusTokenMedia } from '../core/status/token.ts'
import type { Http } from '../ports/http.ts'
import type { StatusLists } from '../ports/status-lists.ts'

/** Status lists where their addresses say, through the one guarded way out. */
export function statusListsOverHttp(http: Http): StatusLists {
  return {
    async token(url) {
      const headers = { accept: statusTokenMedia }
      const limit = 2 * limits.statusListPacked
      const answer = await http.send({ method: 'GET', url, headers, limit, media: statusTokenMedia })
      if (answer.status !== 200) throw new Fault('fetch.unreachable', { status: answer.status })
      return answer.body
    },
  }
}
