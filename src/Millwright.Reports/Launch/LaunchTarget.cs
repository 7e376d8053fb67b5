namespace Millwright.Reports.Launch;

/// <summary>What a deployment is written out for.</summary>
public enum LaunchTarget
{
    /// <summary>The command <c>vllm serve</c>.</summary>
    Vllm,

    /// <summary>The command <c>python -m sglang.launch_server</c>.</summary>
    Sglang,

    /// <summary>The command <c>trtllm-serve</c> and its YAML.</summary>
    TensorRtLlm,

    /// <summary>Values of the Helm chart llm-d-modelservice, which runs vLLM.</summary>
    LlmD,
}
