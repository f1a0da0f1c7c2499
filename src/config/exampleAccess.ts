/** An example of access rules and a policy. Two tenants share the server, and their series have the label tenant. */
export const EXAMPLE_ACCESS = `# The first rule whose "when" fits the caller decides. If no rule fits, access is denied.
rules:
  - name: administrators
    when: {role: Admin}
    unrestricted: true
  - name: acme
    when: {user: '/@acme\\.com$/'}
    matchers: ['tenant="acme"']
  - name: globex
    when: {user: '/@globex\\.com$/'}
    matchers: ['tenant="globex"']
    policy: {promql: block}
  - name: alerts
    when: {alert: true}
    matchers: ['tenant=~"acme|globex"']
# The policy applies to all rules. The policy of a rule replaces single limits.
# A verdict is off, observe or block.
policy:
  promql: observe
  range: {max: 90d, verdict: block}
  regexps_matching_everything: observe
`;
