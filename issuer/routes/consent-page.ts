import type { Offer, Subject } from '../desk/ports.ts'

export interface ConsentPage {
  readonly language: 'zh-CN' | 'en'
  readonly agency: string
  readonly type: string
  /** Host that the browser is sent back to. */
  readonly wallet: string
  readonly clientId: string
  readonly requestUri: string
  readonly people: readonly Subject[]
  /** The one an open offer is for. */
  readonly expected: Offer['subject'] | undefined
}

const words = {
  'zh-CN': {
    title: '确认领取证件',
    who: '您是谁？',
    demo: '这里是演示：直接选一个人。真正的机构会在这一步核实身份。',
    what: (type: string) => `把“${type}”放进您的钱包`,
    wallet: (host: string) => `钱包：${host}`,
    once: '以后这个钱包可以续期和补领柜台版，直到您移除证件。',
    yes: '同意',
    no: '不同意',
    gone: '这次领取已过时',
    goneText: '请回到钱包，重新开始领取。',
  },
  en: {
    title: 'Confirm a document for your wallet',
    who: 'Who are you?',
    demo: 'A demonstration: just choose a person. A real agency checks here who you are.',
    what: (type: string) => `Put “${type}” into your wallet`,
    wallet: (host: string) => `Wallet: ${host}`,
    once: 'This wallet may renew it and fetch counter editions, until you remove the document.',
    yes: 'Agree',
    no: 'Don’t agree',
    gone: 'This request is over',
    goneText: 'Go back to the wallet and start again.',
  },
} as const

/** The page on which a person tells the agency yes or no. Plain HTML: it works without a script. */
export function consentPage(page: ConsentPage): string {
  const say = words[page.language]
  const people = page.people.map(({ id, name }) => {
    const checked = id === page.expected ? ' checked' : ''
    return `<label><input type="radio" name="person" value="${escape(id)}" required${checked}> ${escape(name)}</label>`
  })
  return whole(
    page.language,
    `${say.title} · ${page.agency}`,
    `<p class="agency">${escape(page.agency)}</p><h1>${escape(say.title)}</h1>
<form method="post" action="/oauth/authorize">
<input type="hidden" name="client_id" value="${escape(page.clientId)}">
<input type="hidden" name="request_uri" value="${escape(page.requestUri)}">
<p class="what">${escape(say.what(page.type))}</p><p class="quiet">${escape(say.wallet(page.wallet))}</p>
<fieldset><legend>${escape(say.who)}</legend><p class="quiet">${escape(say.demo)}</p>${people.join('')}</fieldset>
<p class="quiet">${escape(say.once)}</p>
<div class="decide"><button name="decision" value="no" formnovalidate>${escape(say.no)}</button>
<button class="yes" name="decision" value="yes">${escape(say.yes)}</button></div>
</form>`,
  )
}

/** What a person sees whose request is over. */
export function gonePage(language: ConsentPage['language'], agency: string): string {
  const say = words[language]
  const text = `<p class="agency">${escape(agency)}</p><h1>${escape(say.gone)}</h1><p>${escape(say.goneText)}</p>`
  return whole(language, `${say.gone} · ${agency}`, text)
}

function whole(language: string, title: string, body: string): string {
  return `<!doctype html><html lang="${language}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>${escape(title)}</title>
<link rel="stylesheet" href="/oauth/authorize.css"></head><body><main>${body}</main></body></html>`
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
}

/** The look of the page, of the same colours as the others. */
export const consentStyle = `:root{color-scheme:light dark;--page:#f4f6f5;--surface:#fff;--ink:#1c2321;--quiet:#55605c;--line:#79847f;--brand:#0f5a45;--on:#fff}
@media(prefers-color-scheme:dark){:root{--page:#121615;--surface:#1c2220;--ink:#edf2f0;--quiet:#aab6b1;--line:#7b8782;--brand:#7fd1b3;--on:#06231a}}
*{box-sizing:border-box}body{margin:0;background:var(--page);color:var(--ink);font:1rem/1.6 system-ui,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif}
main{max-width:34rem;margin:0 auto;padding:1.5rem 1rem 3rem}h1{margin:0 0 1rem;font-size:1.5rem}.agency{margin:0;color:var(--brand);font-weight:600}
form{display:grid;gap:1rem;padding:1.25rem;border-radius:14px;background:var(--surface)}p{margin:0}.what{font-size:1.1rem;font-weight:600}.quiet{color:var(--quiet);font-size:.9rem}
fieldset{display:grid;min-width:0;margin:0;padding:0;border:0;gap:.5rem}legend{padding:0;font-weight:600}
label{display:flex;align-items:center;min-height:44px;padding:.25rem .75rem;border:1px solid var(--line);border-radius:10px;gap:.6rem}label:has(:checked){border-color:var(--brand);box-shadow:inset 0 0 0 1px var(--brand)}
.decide{display:grid;grid-template-columns:1fr 1fr;gap:.75rem}button{min-height:48px;border:1px solid var(--line);border-radius:12px;background:none;color:inherit;font:inherit;cursor:pointer}
button.yes{border-color:var(--brand);background:var(--brand);color:var(--on);font-weight:600}:focus-visible{outline:3px solid var(--brand);outline-offset:2px}`
