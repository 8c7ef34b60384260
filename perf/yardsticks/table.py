"""What both yardsticks read: the rows, with the text and the payload that pattern-sync makes of them."""

ROWS = """
SELECT id::text,
       concat('File: ', pattern_name, E'\\nLanguage: ', coalesce(language, 'unknown'),
              E'\\nPath: ', coalesce(file_path, ''), E'\\n\\nCode:\\n', left(pattern_data->>'code', 500)) AS text,
       jsonb_build_object(
           'pattern_id', pattern_id, 'pattern_name', pattern_name, 'pattern_type', pattern_type,
           'file_path', coalesce(file_path, ''), 'language', coalesce(language, 'unknown'),
           'code', coalesce(pattern_data->>'code', ''), 'metadata', coalesce(metadata, '{}'::jsonb),
           'created_at', to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
       )::text AS payload
FROM pattern_lineage_nodes
WHERE pattern_type = 'code'
ORDER BY id
"""

COLLECTION = "code_patterns"
MODEL = "nomic-embed-text"
DIMENSION = 768
