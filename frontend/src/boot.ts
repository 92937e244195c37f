// What the server wrote into the page for the script.

interface User {
  name: string;
  permissions: string[];
}

export interface Boot {
  lang: string;
  languages: { code: string; name: string }[];
  catalogue: string;
  messages: string;
  user: User | null;
  csrf: string;
}

export function readBoot(): Boot {
  const element = document.getElementById('boot');
  if (!element?.textContent) throw new Error('the page has no #boot block');
  return JSON.parse(element.textContent) as Boot;
}
