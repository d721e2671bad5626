"""
Makes charts: their data, and pictures of it drawn by matplotlib.

In: results by name, trends. Out: `RadarChart` and `LineChart` with a text for those who do not see
them, and their pictures as bytes. Contents, formats and commands may import this
room.
"""
