"""
Sets results side by side: respondents as a team, teams, rounds, and others.

In: `Assessment`s, which are scored responses. Out: `TeamAssessment` (one team's medians),
`Comparison`, `Agenda`, `Roadmap`, `Trends` and `Benchmark`, without a word for people but findings.
Responses are aligned to one scheme version and each team is merged once in each round. The rooms
above `scheme` and `scoring` may import this one.
"""
