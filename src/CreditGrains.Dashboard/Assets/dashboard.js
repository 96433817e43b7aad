// Draws charts from options the server sends, in the colours of the page's look. No inline script, no eval: the content security policy allows neither.
(() => {
  const charts = new Map();
  const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
  const plain = new Intl.NumberFormat('en', { maximumFractionDigits: 2 });
  const percent = value => plain.format(100 * value) + ' %';
  const micros = value => value == null ? '–' : value < 1e3 ? Math.round(value) + ' µs' : value < 1e6 ? plain.format(value / 1e3) + ' ms' : plain.format(value / 1e6) + ' s';
  const last = value => Array.isArray(value) ? value[value.length - 1] : value;
  const formats = {
    compact: value => last(value) == null ? '–' : compact.format(last(value)),
    plain: value => last(value) == null ? '–' : plain.format(last(value)),
    percent: value => last(value) == null ? '–' : percent(last(value)),
    micros: value => micros(last(value)),
    'point-compact': point => compact.format(last(point.value)),
    'point-percent': point => percent(last(point.value)),
    roomy: label => label.labelRect.width > label.rect.width || label.labelRect.height > label.rect.height ? { fontSize: 0 } : {},
    cell: point => last(point.value) === 0 ? '' : percent(last(point.value)),
  };

  // Puts the look's colours and the formats in their places.
  const fill = (part, style) => {
    if (typeof part === 'string') {
      if (part.startsWith('var(')) return style.getPropertyValue(part.slice(4, -1)).trim();
      return part.startsWith('@fmt:') ? formats[part.slice(5)] : part;
    }
    if (Array.isArray(part)) return part.map(one => fill(one, style));
    if (part === null || typeof part !== 'object') return part;
    return Object.fromEntries(Object.entries(part).map(([name, value]) => [name, fill(value, style)]));
  };

  const draw = entry => entry.chart.setOption(fill(entry.option, getComputedStyle(document.documentElement)), { notMerge: entry.isNew || entry.option.series?.[0]?.type === 'treemap' });
  const redraw = () => charts.forEach(entry => draw(entry));
  const sizes = new ResizeObserver(changes => changes.forEach(change => charts.get(change.target.id)?.chart.resize()));
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);

  const put = (id, json) => {
    const element = document.getElementById(id);
    if (!element) return;
    let entry = charts.get(id);
    if (!entry) {
      entry = { chart: window.echarts.init(element, null, { renderer: 'canvas' }), option: null, isNew: true };
      charts.set(id, entry);
      sizes.observe(element);
    }
    entry.option = JSON.parse(json);
    draw(entry);
    entry.isNew = false;
    element.dataset.drawn = String(Number(element.dataset.drawn ?? 0) + 1);
  };

  // The charts' script is ten times the rest, so it is loaded by the first page that has charts, once that page answers its reader; what is to be shown waits for it.
  const root = document.documentElement;
  const waiting = new Map();
  const load = () => {
    if (waiting.size === 0 || !root.dataset.interactive || document.getElementById('charts')) return;
    const script = Object.assign(document.createElement('script'), { id: 'charts', src: root.dataset.charts });
    script.addEventListener('load', () => {
      waiting.forEach((json, id) => put(id, json));
      waiting.clear();
    });
    // Asked for again by the next chart to be shown.
    script.addEventListener('error', () => script.remove());
    document.head.append(script);
  };

  window.creditgrains = {
    show(id, json) {
      if (window.echarts) return put(id, json);
      waiting.set(id, json);
      load();
    },
    drop(id) {
      waiting.delete(id);
      const entry = charts.get(id);
      if (!entry) return;
      charts.delete(id);
      entry.chart.dispose();
    },
    interactive() {
      root.dataset.interactive = String(Math.round(performance.now()));
      load();
    },
  };
})();
