namespace Millwright.Cli.Tests.Measured.Own;

/// <summary>Results as the tools write them, with made-up figures. The fields and their names are those of the sources noted at each.</summary>
internal static class OwnSamples
{
    // vllm-project/vllm vllm/benchmarks/serve.py: the object that --save-result writes
    public const string Vllm = """
        {"date": "20260114-101500", "endpoint_type": "openai", "backend": "openai", "label": null, "model_id": "meta-llama/Llama-3.1-8B-Instruct", "tokenizer_id": "meta-llama/Llama-3.1-8B-Instruct",
         "num_prompts": 320, "request_rate": "inf", "burstiness": 1.0, "max_concurrency": 32, "duration": 61.2, "completed": 320, "failed": 0, "total_input_tokens": 327680, "total_output_tokens": 163840,
         "request_throughput": 5.228, "output_throughput": 2677.1, "total_token_throughput": 8031.4, "mean_ttft_ms": 310.5, "median_ttft_ms": 250.25, "std_ttft_ms": 120.1, "p99_ttft_ms": 900.0,
         "mean_tpot_ms": 11.25, "median_tpot_ms": 11.2, "std_tpot_ms": 0.4, "p99_tpot_ms": 12.3, "mean_itl_ms": 11.25, "median_itl_ms": 10.9, "std_itl_ms": 3.3, "p99_itl_ms": 25.0}
        """;

    // sgl-project/sglang python/sglang/bench_serving.py and docs/developer_guide/bench_serving.md: one line a run is appended to --output-file
    public const string Sglang =
        """{"tag": null, "backend": "sglang", "dataset_name": "random", "request_rate": "inf", "max_concurrency": 8, "sharegpt_output_len": null, "random_input_len": 1024, "random_output_len": 512, "random_range_ratio": 1.0, "duration": 40.0, "completed": 80, "total_input_tokens": 81920, "total_output_tokens": 40960, "total_output_tokens_retokenized": 40900, "request_throughput": 2.0, "input_throughput": 2048.0, "output_throughput": 1024.0, "mean_e2e_latency_ms": 3900.0, "median_e2e_latency_ms": 3890.0, "mean_ttft_ms": 90.0, "median_ttft_ms": 85.0, "mean_tpot_ms": 7.5, "median_tpot_ms": 7.4, "mean_itl_ms": 7.5, "concurrency": 7.8, "accept_length": null}""";

    // ai-dynamo/aiperf docs/tutorials/working-with-profile-exports.md: profile_export_aiperf.json
    public const string Aiperf = """
        {"request_throughput": {"unit": "requests/sec", "avg": 4.0}, "request_latency": {"unit": "ms", "avg": 4000.0, "p50": 3990.0},
         "time_to_first_token": {"unit": "ms", "avg": 120.0, "p50": 100.0}, "inter_token_latency": {"unit": "ms", "avg": 9.5, "p50": 9.4}, "output_token_throughput": {"unit": "tokens/sec", "avg": 1600.0},
         "input_sequence_length": {"unit": "tokens", "avg": 550.0}, "output_sequence_length": {"unit": "tokens", "avg": 400.0}, "request_count": {"unit": "requests", "avg": 200.0}, "was_cancelled": false,
         "input_config": {"endpoint": {"model_names": ["openai/gpt-oss-20b"], "type": "chat", "streaming": true}, "loadgen": {"concurrency": 16, "request_count": 200}}}
        """;

    // triton-inference-server/perf_analyzer genai-perf: profile_export_genai_perf.json; times in ms, the load below perf_analyzer
    public const string GenaiPerf = """
        {"request_throughput": {"unit": "requests/sec", "avg": 3.0}, "request_latency": {"unit": "ms", "avg": 2000.0}, "time_to_first_token": {"unit": "ms", "avg": 50.0, "p50": 45.0},
         "inter_token_latency": {"unit": "ms", "avg": 8.0}, "output_token_throughput": {"unit": "tokens/sec", "avg": 600.0}, "output_sequence_length": {"unit": "tokens", "avg": 200.0},
         "input_sequence_length": {"unit": "tokens", "avg": 300.0}, "input_config": {"model_names": ["meta-llama/Llama-3.1-8B-Instruct"], "perf_analyzer": {"stimulus": {"concurrency": 6}}}}
        """;

    // the same documentation: profile_export_aiperf.csv, blocks with blank lines between; large numbers are quoted by GenAI-Perf
    public const string ProfileCsv =
        "Metric,avg,min,max,p1,p5,p10,p25,p50,p75,p90,p95,p99,std\n"
        + "Request Latency (ms),\"4,000.00\",3900,4100,1,1,1,1,3990.0,1,1,1,1,10\n"
        + "Time to First Token (ms),120.00,90,200,1,1,1,1,100.0,1,1,1,1,10\n"
        + "Inter Token Latency (ms),9.50,9,10,1,1,1,1,9.4,1,1,1,1,0.1\n"
        + "Input Sequence Length (tokens),550.00,550,550,550,550,550,550,550,550,550,550,550,0\n"
        + "Output Sequence Length (tokens),400.00,400,400,400,400,400,400,400,400,400,400,400,0\n"
        + "\nMetric,Value\nRequest Count,200.00\nRequest Throughput (requests/sec),4.00\nOutput Token Throughput (tokens/sec),\"1,600.00\"\n"
        + "\nEndpoint,GPU_Index,GPU_Name\nlocalhost:9401,0,NVIDIA H200\n";

    // NVIDIA/TensorRT-LLM tensorrt_llm/bench/dataclasses/reporting.py: --report_json
    public const string BenchReport = """
        {"engine": {"model": "meta-llama/Llama-3.1-8B-Instruct", "backend": "Pytorch", "dtype": "bfloat16", "kv_cache_dtype": "FP8", "quantization": "FP8"},
         "world_info": {"tp_size": 1, "pp_size": 1, "ep_size": null, "world_size": 1, "max_batch_size": 2048, "max_num_tokens": 8192, "kv_cache_percentage": 0.9, "issue_rate": 1e13},
         "request_info": {"num_requests": 3000, "avg_num_concurrent_requests": 1499.6, "avg_input_length": 128.0, "avg_output_length": 256.0},
         "performance": {"total_latency_ms": 30000.0, "request_throughput_req_s": 100.0, "system_output_throughput_tok_s": 25600.0, "system_total_throughput_tok_s": 38400.0},
         "streaming_metrics": {"token_output_speed_tok_s": 20.0, "avg_ttft_ms": 900.0, "avg_tpot_ms": 55.0}}
        """;

    // the same source: the summary on the screen; a run that does not stream has no TPOT
    public const string BenchLog = """
        [01/14/2026-10:00:00] [TRT-LLM] [I]
        ===========================================================
        = PYTORCH BACKEND
        ===========================================================
        Model:                  meta-llama/Llama-3.1-8B-Instruct
        ===========================================================
        = REQUEST DETAILS
        ===========================================================
        Number of requests:             3000
        Number of concurrent requests:  1499.6000
        Average Input Length (tokens):  128.0000
        Average Output Length (tokens): 256.0000
        ===========================================================
        = PERFORMANCE OVERVIEW
        ===========================================================
        Request Throughput (req/sec):                     100.0000
        Total Output Throughput (tokens/sec):             25600.0000
        Total Latency (ms):                               30000.0000
        """;
}
