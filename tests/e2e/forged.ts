/** Forged headers that a browser sends. Grafana 12 passes the header FromAlert of a browser to the plugin. */
export const FORGED: Record<string, string> = {
  'X-Grafana-User': 'forged',
  'X-Grafana-Org-Id': 'forged',
  'X-Grafana-Role': 'forged',
  'X-Grafana-Id': 'forged',
  'X-Grafana-Device-Id': 'forged',
  'X-Id-Token': 'forged',
  'X-Scope-OrgID': 'forged',
  'X-WEBAUTH-USER': 'forged',
  'X-Forwarded-For': 'forged',
  // Grafana ignores this unknown scheme. It would reject an invalid token of a supported scheme.
  Authorization: 'Forged forged',
  FromAlert: 'true',
  'X-Rule-Uid': 'forged',
  'X-Rule-Name': 'forged',
  'X-Rule-Folder': 'forged',
  'X-Rule-Source': 'forged',
  'X-Rule-Type': 'forged',
  'X-Rule-Version': 'forged',
  'X-Cache-Skip': 'forged',
};
