import * as echarts from 'echarts/core'
import { GraphChart, LineChart } from 'echarts/charts'
import { GridComponent } from 'echarts/components'
import { CanvasRenderer } from 'echarts/renderers'

echarts.use([GraphChart, LineChart, GridComponent, CanvasRenderer])
export { echarts }
