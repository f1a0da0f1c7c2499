import { PanelBuilder as BarChart } from '@grafana/grafana-foundation-sdk/barchart';
import {
  BigValueColorMode,
  BigValueGraphMode,
  BigValueTextMode,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizOrientation,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  DynamicConfigValue,
  FieldColorBuilder,
  FieldColorModeId,
  MappingType,
  ValueMap,
} from '@grafana/grafana-foundation-sdk/dashboard';
import {
  PieChartLabels,
  PieChartLegendOptionsBuilder,
  PieChartLegendValues,
  PieChartType,
  PanelBuilder as PieChart,
} from '@grafana/grafana-foundation-sdk/piechart';
import { PanelBuilder as Stat } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as StateTimeline } from '@grafana/grafana-foundation-sdk/statetimeline';
import { PanelBuilder as TimeSeries } from '@grafana/grafana-foundation-sdk/timeseries';

import { Catalog } from './catalog';
import { catalogPanel, Shown } from './panels';

/** The panel types that the dashboards use, each set up once. What is special to one panel is added to the result. */
export class Visualizations {
  constructor(private readonly catalog: Catalog) {}

  /** Lines over time, with dashed lines where the metric has thresholds. */
  lines(shown: Shown): TimeSeries {
    const panel = catalogPanel(new TimeSeries(), this.catalog, shown, 'range')
      .min(0)
      .fillOpacity(10)
      .showPoints(VisibilityMode.Auto)
      .spanNulls(false)
      .colorScheme(palette())
      .legend(legend())
      .tooltip(tooltip());
    if (this.catalog.metric(shown.metric).thresholds) {
      panel.thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed));
    }
    return panel;
  }

  /** Areas over time, one on the other: their sum matters as much as each. */
  areas(shown: Shown, stacking: StackingMode = StackingMode.Normal): TimeSeries {
    return this.lines(shown).fillOpacity(40).stacking(new StackingConfigBuilder().mode(stacking).group('A'));
  }

  /** One number over the course of the time range, coloured by its thresholds. */
  stat(shown: Shown): Stat {
    return this.bigValue(catalogPanel(new Stat(), this.catalog, shown, 'range'))
      .colorMode(BigValueColorMode.Value)
      .graphMode(BigValueGraphMode.Area)
      .textMode(BigValueTextMode.Value);
  }

  /** A coloured tile for each series that is 1 (UP) or 0 (DOWN). */
  upTiles(shown: Shown): Stat {
    return this.bigValue(catalogPanel(new Stat(), this.catalog, shown, 'instant'))
      .colorMode(BigValueColorMode.Background)
      .graphMode(BigValueGraphMode.None)
      .textMode(BigValueTextMode.ValueAndName)
      .mappings([upOrDown]);
  }

  /** When each series was 1 (UP) or 0 (DOWN); a gap where it was not there. */
  upTimeline(shown: Shown): StateTimeline {
    return (
      catalogPanel(new StateTimeline(), this.catalog, shown, 'range')
        .mappings([upOrDown])
        // The mapping colours the states; under thresholds the legend would name these in its place.
        .colorScheme(palette())
        .mergeValues(true)
        .showValue(VisibilityMode.Never)
        .spanNulls(false)
        .rowHeight(0.8)
        .fillOpacity(80)
        .legend(legend())
        .tooltip(tooltip())
    );
  }

  /** Shares of a whole. */
  pie(shown: Shown): PieChart {
    return catalogPanel(new PieChart(), this.catalog, shown, 'instant')
      .pieType(PieChartType.Donut)
      .reduceOptions(lastValue())
      .colorScheme(palette())
      .displayLabels([PieChartLabels.Percent])
      .legend(
        new PieChartLegendOptionsBuilder()
          .displayMode(LegendDisplayMode.Table)
          .placement(LegendPlacement.Bottom)
          .showLegend(true)
          .values([PieChartLegendValues.Value, PieChartLegendValues.Percent])
      )
      .tooltip(tooltip());
  }

  /** A bar for each value of the label `row`, stacked of one piece for each value of the label `piece`. */
  bars(shown: Shown, row: string, piece: string): BarChart {
    return catalogPanel(new BarChart(), this.catalog, shown, 'table')
      .withTransformation({
        id: 'groupingToMatrix',
        options: { rowField: row, columnField: piece, valueField: 'Value', emptyValue: 'null' },
      })
      .orientation(VizOrientation.Horizontal)
      .stacking(StackingMode.Normal)
      .min(0)
      .barWidth(0.8)
      .fillOpacity(80)
      .showValue(VisibilityMode.Never)
      .colorScheme(palette())
      .legend(legend())
      .tooltip(tooltip());
  }

  private bigValue(panel: Stat): Stat {
    return panel.reduceOptions(lastValue()).colorScheme(byThreshold());
  }
}

interface Overridable {
  overrideByName(name: string, properties: DynamicConfigValue[]): this;
}

/** Fixes the colours of series by their names. */
export const seriesColors =
  (colors: Record<string, string>) =>
  <B extends Overridable>(panel: B): B => {
    for (const [series, fixedColor] of Object.entries(colors)) {
      panel.overrideByName(series, [{ id: 'color', value: { mode: FieldColorModeId.Fixed, fixedColor } }]);
    }
    return panel;
  };

const upOrDown: ValueMap = {
  type: MappingType.ValueToText,
  options: { '0': { text: 'DOWN', color: 'red', index: 0 }, '1': { text: 'UP', color: 'green', index: 1 } },
};

const palette = () => new FieldColorBuilder().mode(FieldColorModeId.PaletteClassic);
const byThreshold = () => new FieldColorBuilder().mode(FieldColorModeId.Thresholds);
const lastValue = () => new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false);
const tooltip = () => new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending);
const legend = () =>
  new VizLegendOptionsBuilder()
    .displayMode(LegendDisplayMode.List)
    .placement(LegendPlacement.Bottom)
    .showLegend(true)
    .calcs([]);
