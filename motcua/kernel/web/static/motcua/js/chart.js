/* Charts. <div class="mc-chart" data-chart="id-of-json"> with {{ data|json_script:"id-of-json" }}:
     {kind: "line"|"bar", x: [...], series: [{name, data}], unit: "%", min, max, target: {value, words}}
   The table with the same numbers stands beside it; the picture itself is hidden from screen readers by its role=img. */
window.mcChart = (() => {
  "use strict";
  const COLOURS = ["#2A4494", "#0B6B4B", "#8A4B00", "#5A3E9B", "#6C86CF"];
  const words = { color: "#525A70", fontFamily: "Be Vietnam Pro", fontSize: 12 };

  function options(data, lang) {
    const number = (value) => value.toLocaleString(lang, { maximumFractionDigits: 1 }) + (data.unit || "");
    return {
      animation: false, color: COLOURS, grid: { left: 52, right: 16, top: data.series.length > 1 ? 40 : 24, bottom: 28 },
      legend: data.series.length > 1 ? { top: 0, textStyle: words } : undefined,
      tooltip: { trigger: "axis", renderMode: "richText", valueFormatter: number, textStyle: { ...words, color: "#14192B" } },
      xAxis: { type: "category", data: data.x, boundaryGap: data.kind === "bar", axisLine: { lineStyle: { color: "#838A9E" } }, axisTick: { show: false }, axisLabel: words },
      yAxis: { type: "value", min: data.kind === "bar" ? 0 : data.min, max: data.max, axisLabel: { ...words, formatter: number }, splitLine: { lineStyle: { color: "#ECEAE4" } } },
      series: data.series.map((one, at) => ({
        type: data.kind || "line", name: one.name, data: one.data, symbol: "none", lineStyle: { width: 3 }, barMaxWidth: 28,
        areaStyle: data.series.length === 1 && data.kind !== "bar" ? { opacity: 0.08 } : undefined,
        markLine: at === 0 && data.target ? { silent: true, symbol: "none", lineStyle: { color: "#14192B", type: "dashed", width: 1.5 }, label: { ...words, color: "#14192B", position: "insideStartTop", formatter: data.target.words }, data: [{ yAxis: data.target.value }] } : undefined,
      })),
    };
  }

  function draw(element) {
    const data = JSON.parse(document.getElementById(element.dataset.chart).textContent);
    element.replaceChildren();
    const chart = echarts.getInstanceByDom(element) || echarts.init(element);
    chart.setOption(options(data, document.documentElement.lang));
    new ResizeObserver(() => chart.resize()).observe(element);
  }

  return { draw };
})();
