// The charts of the totals page. Amounts come as whole fen; the tables below say the same in words and figures.
const data = JSON.parse(document.getElementById("totals-chart")?.textContent ?? "null");
const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
const style = getComputedStyle(document.documentElement);
const colour = (role) => style.getPropertyValue(`--xs-${role}`).trim();
const PAID = ["teal-600", "teal-300", "wait", "amber-500"];
const REFUNDED = "bad";

const grouped = new Intl.NumberFormat("zh-CN", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const yuan = (fen) => `¥${grouped.format(fen / 100)}`;
// An axis has little room: 12,000.00 is 1.2万 there.
const short = (fen) => (Math.abs(fen) >= 1_000_000 ? `${fen / 1_000_000}万` : `${fen / 100}`);
// A day of one year needs no year.
const isOneYear = new Set(data?.periods.map((at) => at.slice(0, 4))).size === 1;
const label = (at) => (isOneYear && at.length > 7 ? at.slice(5) : at);

const common = () => ({
  animation: !still,
  textStyle: { fontFamily: style.getPropertyValue("--xs-font"), color: colour("ink-2") },
  tooltip: { trigger: "axis", axisPointer: { type: "shadow" }, valueFormatter: yuan, confine: true },
  grid: { left: 8, right: 16, top: 40, bottom: 8, containLabel: true },
});

function ofPeriods() {
  const { words } = data;
  const bars = data.providers.flatMap((one, at) => [
    { name: `${one.name}${words.paid}`, type: "bar", stack: "money", data: one.paid, color: colour(PAID[at % PAID.length]) },
    {
      name: `${one.name}${words.refunded}`, type: "bar", stack: "money", data: one.refunded, color: colour(REFUNDED),
      itemStyle: { opacity: 1 - at * 0.25 },
    },
  ]);
  const net = {
    name: words.net, type: "line", data: data.net, color: colour("ink"), lineStyle: { width: 1.5 },
    symbolSize: 5, showSymbol: data.periods.length <= 31,
  };
  return {
    ...common(),
    legend: { type: "scroll", top: 0 },
    xAxis: { type: "category", data: data.periods, axisLabel: { formatter: label, hideOverlap: true } },
    yAxis: { type: "value", axisLabel: { formatter: short } },
    series: [...bars.filter((one) => one.data.some(Boolean)), net],
  };
}

function ofSpecialties() {
  const rows = [...data.specialties].reverse();
  return {
    ...common(),
    grid: { left: 8, right: 24, top: 8, bottom: 8, containLabel: true },
    xAxis: { type: "value", axisLabel: { formatter: short } },
    yAxis: { type: "category", data: rows.map((one) => one.name), axisLabel: { width: 110, overflow: "truncate" } },
    series: [{ name: data.words.net, type: "bar", data: rows.map((one) => one.net), color: colour("teal-500"), barMaxWidth: 18 }],
  };
}

const DRAWN = { periods: ofPeriods, specialties: ofSpecialties };
for (const place of data ? document.querySelectorAll("[data-chart]") : []) {
  const chart = window.echarts.init(place, null, { renderer: "svg" });
  chart.setOption(DRAWN[place.dataset.chart]());
  new ResizeObserver(() => chart.resize()).observe(place);
}
