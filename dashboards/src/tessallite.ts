import { StackingMode } from '@grafana/grafana-foundation-sdk/common';
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';

import { Catalog } from './catalog';
import { dashboard, Row, sized } from './dashboard';
import { labelVariable } from './variables';
import { seriesColors, Visualizations } from './visualizations';

const SERVICES = ['model-service', 'query-router', 'optimizer', 'scheduler', 'agent-service', 'gateway', 'frontend'];

// Prometheus calls a service job, the services themselves say service.
const ofTarget = { job: ['$service'] };
const ofService = { service: ['$service'] };
const ofModel = { tenant: ['$tenant'], project: ['$project'], model_name: ['$model'] };

/** A route has the same colour in every panel. */
const routeColors = seriesColors({ source: 'orange', aggregate: 'blue', pocket: 'green' });

const NO_TARGETS = 'No targets: does Prometheus scrape these services?';
const NO_REQUESTS = 'No HTTP requests of these services in this time range';
const NO_QUERIES = 'No queries to these models in this time range';

/** The 21 panels (three rows and 18 visualisations) of the Tessallite platform. */
export function tessallite(catalog: Catalog): Dashboard {
  const show = new Visualizations(catalog);
  return dashboard({
    uid: 'tessallite-overview',
    title: 'Tessallite Platform Overview',
    description: 'The seven Tessallite services, how queries are routed, and what each model is used for.',
    tags: ['modelmetrics', 'tessallite'],
    variables: variables(),
    rows: [serviceHealth(show), routingAndAggregates(show), modelHealth(show)],
  });
}

function variables() {
  const metric = 'tessallite_model_queries_total';
  return [
    labelVariable({
      name: 'service',
      label: 'Service',
      description: 'Which services the health and HTTP panels show',
      of: 'job',
      metric: 'up',
      // The same Prometheus may watch other platforms.
      params: { job: SERVICES },
    }),
    labelVariable({
      name: 'tenant',
      label: 'Tenant',
      description: 'Whose models the model panels show',
      of: 'tenant',
      metric,
    }),
    labelVariable({
      name: 'project',
      label: 'Project',
      description: 'Projects of the chosen tenants',
      of: 'project',
      metric,
      params: { tenant: ['$tenant'] },
    }),
    labelVariable({
      name: 'model',
      label: 'Model',
      description: 'Models of the chosen projects',
      of: 'model_name',
      metric,
      params: { tenant: ['$tenant'], project: ['$project'] },
    }),
  ];
}

function serviceHealth(show: Visualizations): Row {
  return {
    title: 'Service Health',
    panels: [
      sized(show.upTiles({ metric: 'tessallite_service_up', params: ofTarget, noValue: 'NO TARGET' }), 24, 4),
      sized(
        show.upTimeline({
          metric: 'tessallite_service_up',
          params: ofTarget,
          title: 'Uptime over time',
          description:
            'When each service was UP (green) or DOWN (red). A gap means that Prometheus had no target for it. ' +
            'A short red spot is most often a restart; read the log of the service just before it.',
          noValue: NO_TARGETS,
        }),
        12
      ),
      sized(show.lines({ metric: 'tessallite_scrape_duration', params: ofTarget, noValue: NO_TARGETS }), 12),
      sized(
        show.lines({
          metric: 'tessallite_http_request_rate',
          params: ofService,
          and: [{ metric: 'tessallite_frontend_request_rate', params: ofTarget }],
          noValue: NO_REQUESTS,
        }),
        12
      ),
      sized(show.areas({ metric: 'tessallite_http_server_errors', params: ofService, noValue: NO_REQUESTS }), 12),
      sized(show.lines({ metric: 'tessallite_http_latency_p95', params: ofService, noValue: NO_REQUESTS }), 12),
      sized(show.lines({ metric: 'tessallite_http_latency_p50', params: ofService, noValue: NO_REQUESTS }), 12),
    ],
  };
}

function routingAndAggregates(show: Visualizations): Row {
  return {
    title: 'Query Routing and Aggregates',
    panels: [
      sized(
        routeColors(
          show.areas({ metric: 'tessallite_query_routing', params: ofModel, noValue: NO_QUERIES }, StackingMode.Percent)
        ),
        12
      ),
      sized(show.lines({ metric: 'tessallite_http_error_ratio', params: ofService, noValue: NO_REQUESTS }), 12),
      sized(
        show.lines({ metric: 'tessallite_refresh_duration_p95', noValue: 'No refresh runs in this time range' }),
        12
      ),
      sized(show.stat({ metric: 'tessallite_refresh_completion_ratio', noValue: 'no runs' }).min(0).max(1), 12),
    ],
  };
}

function modelHealth(show: Visualizations): Row {
  return {
    title: 'Model Health and Usage',
    panels: [
      sized(show.lines({ metric: 'tessallite_model_query_rate', params: ofModel, noValue: NO_QUERIES }), 12),
      sized(show.lines({ metric: 'tessallite_model_query_duration_p95', params: ofModel, noValue: NO_QUERIES }), 12),
      sized(show.pie({ metric: 'tessallite_queries_by_protocol', params: ofModel, noValue: NO_QUERIES }), 8),
      sized(
        routeColors(
          show.bars(
            { metric: 'tessallite_queries_by_route', params: ofModel, noValue: NO_QUERIES },
            'model_name',
            'route_type'
          )
        ),
        8
      ),
      sized(
        show.areas({
          metric: 'tessallite_model_query_errors',
          params: ofModel,
          noValue: 'No failed queries to these models in this time range',
        }),
        8
      ),
      sized(show.lines({ metric: 'tessallite_model_bytes_processed', params: ofModel, noValue: NO_QUERIES }), 12),
      // Grafana has no unit for rows per second.
      sized(
        show
          .lines({ metric: 'tessallite_model_rows_returned', params: ofModel, noValue: NO_QUERIES })
          .axisLabel('rows/s'),
        12
      ),
    ],
  };
}
