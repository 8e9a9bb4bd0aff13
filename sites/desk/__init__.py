"""The desk (工作台): what is waiting, columns with days left, figures against the quotas."""
