"""What every reader shares: the item it reads, the rows it writes, and careful ways to take bytes apart."""
