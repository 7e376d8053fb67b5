namespace Millwright.Applications;

/// <summary>Formats of request traces, told apart by their first line.</summary>
public enum TraceFormat
{
    /// <summary>CSV with input_tokens and output_tokens, and where it has them arrival_s, session, priority and request (an id): Millwright's own,
    /// and the columns of its per-request results.</summary>
    RequestTable,

    /// <summary>CSV with input_length and output_length: lengths without a clock.</summary>
    LengthTable,

    /// <summary>CSV with num_prefill_tokens and num_decode_tokens, and arrived_at in s (Agrawal et al., "Vidur", MLSys 2024).</summary>
    Vidur,

    /// <summary>CSV with TIMESTAMP, ContextTokens, GeneratedTokens; 2023 (Patel et al., "Splitwise", ISCA 2024) and 2024 (Stojkovic et al., "DynamoLLM", HPCA 2025).</summary>
    Azure,

    /// <summary>CSV with Timestamp in s, Request tokens, Response tokens (Wang et al., arXiv 2401.17644).</summary>
    BurstGpt,

    /// <summary>JSON lines with timestamp in ms, input_length, output_length, hash_ids of 512 tokens (Qin et al., "Mooncake", FAST 2025).</summary>
    Mooncake,

    /// <summary>JSON lines with chat_id, parent_chat_id, timestamp in s, input_length, output_length, hash_ids of 16 tokens (Qwen-Bailian usage traces).</summary>
    Bailian,

    /// <summary>JSON lines with input_toks, output_toks, arrival_time_ns (Cho et al., "LLMServingSim", IISWC 2024).</summary>
    ServingSim,

    /// <summary>JSON lines of rounds of coding agents with session_id, round_index, input_tokens_total, output_tokens, timing_events (TraceLab).</summary>
    TraceLab,
}
