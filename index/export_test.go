package index

// WriteBatchesOf makes b write a batch as soon as it has so many documents.
func (b *Bleve) WriteBatchesOf(documents int) { b.batchDocuments = documents }
