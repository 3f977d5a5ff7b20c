import assert from 'node:assert/strict';

/** An element of an XML document; `children` holds elements and pieces of text in order. */
export interface Element {
  name: string;
  attributes: Record<string, string>;
  children: (Element | string)[];
}

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function decode(text: string): string {
  return text.replace(/&([^;]*);?/g, (whole, name: string) => {
    assert.ok(whole.endsWith(';') && name in entities, `entity ${whole}`);
    return entities[name]!;
  });
}

/** Reads the XML that our figures use (no comments, no CDATA); throws unless it is well-formed. */
export function parseXml(text: string): Element {
  const root: Element = { name: '', attributes: {}, children: [] };
  const open = [root];
  const token =
    /<\?xml [^?]*\?>|<\/([\w:-]+)\s*>|<([\w:-]+)((?:\s+[\w:-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>|[^<]+/gy;
  while (token.lastIndex < text.length) {
    const at = token.lastIndex;
    const match = token.exec(text);
    assert.ok(match, `not well-formed at ${text.slice(at, at + 60)}`);
    const [whole, closing, name, attributes, selfClosing] = match;
    const parent = open.at(-1)!;
    if (closing !== undefined) {
      assert.equal(closing, open.pop()!.name);
    } else if (name !== undefined) {
      const element: Element = { name, attributes: {}, children: [] };
      for (const [, key, quoted] of attributes!.matchAll(/([\w:-]+)\s*=\s*("[^"]*"|'[^']*')/g)) {
        assert.ok(!(key! in element.attributes), `attribute ${key} twice`);
        element.attributes[key!] = decode(quoted!.slice(1, -1));
      }
      parent.children.push(element);
      if (selfClosing === '') open.push(element);
    } else if (!whole.startsWith('<?xml')) {
      parent.children.push(decode(whole));
    } else {
      assert.equal(at, 0, 'the declaration comes first');
    }
  }
  assert.equal(open.length, 1, `${open.at(-1)!.name} is not closed`);
  const elements = root.children.filter((child) => typeof child !== 'string');
  assert.equal(elements.length, 1, 'one root');
  return elements[0]!;
}

/** All elements below that one, in document order. */
export function descendants(element: Element): Element[] {
  return element.children.flatMap((child) =>
    typeof child === 'string' ? [] : [child, ...descendants(child)],
  );
}

export function textOf(element: Element): string {
  return element.children.map((child) => (typeof child === 'string' ? child : textOf(child))).join('');
}
