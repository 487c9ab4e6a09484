"""Reports of an office: 日报告, 周分析, 月通报, 年体检, in four forms out of one table of facts."""
