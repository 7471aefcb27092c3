"""Questions in and out of workbooks (xlsx): reading what people made, judging it row by row, writing it in bulk."""
