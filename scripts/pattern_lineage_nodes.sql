-- The table that the built-in query reads, for the demo and for a database that begins empty.
CREATE TABLE IF NOT EXISTS pattern_lineage_nodes (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    pattern_id varchar NOT NULL,
    pattern_name varchar NOT NULL,
    pattern_type varchar NOT NULL,
    pattern_version varchar NOT NULL DEFAULT '1.0.0',
    lineage_id uuid,
    pattern_data jsonb NOT NULL,
    metadata jsonb,
    file_path text,
    language varchar,
    created_by varchar,
    created_at timestamptz DEFAULT now()
);
