namespace Millwright.Operators;

/// <summary>The serving engine whose kernels run the operators.</summary>
public enum EngineFamily
{
    /// <summary>TensorRT-LLM.</summary>
    TensorRtLlm,

    /// <summary>vLLM.</summary>
    Vllm,

    /// <summary>SGLang.</summary>
    Sglang,
}
